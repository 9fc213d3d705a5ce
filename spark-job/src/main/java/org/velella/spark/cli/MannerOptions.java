package org.velella.spark.cli;

import picocli.CommandLine.Option;

/** How a run is computed; none of it changes a bit of the results. */
final class MannerOptions {
  @Option(
      names = "--backend",
      defaultValue = "auto",
      paramLabel = "NAME",
      description = "auto, or a backend's name ('velella inspect --backends' lists them).")
  private String backend;

  @Option(
      names = "--tile-size",
      defaultValue = "0",
      paramLabel = "N",
      description = "Samples of one kernel pass; 0: chosen by memory.")
  private int tileSize;

  @Option(
      names = "--partitions",
      defaultValue = "0",
      paramLabel = "P",
      description = "Tasks; 0: about three per core.")
  private int partitions;

  String backend() {
    return backend;
  }

  int tileSize() {
    return tileSize;
  }

  int partitions() {
    return partitions;
  }
}
