package org.velella.spark.cli;

import org.apache.hadoop.conf.Configuration;
import org.velella.network.nir.NirImport;
import org.velella.spark.job.NetworkSource;
import picocli.CommandLine.Option;

/** How a command reads a network that may be a NIR file. */
final class NirOptions {
  @Option(
      names = "--convention",
      defaultValue = "norse",
      paramLabel = "NAME",
      description = "How NIR's equations become steps. Default: ${DEFAULT-VALUE}.")
  private String convention;

  @Option(
      names = "--dt",
      defaultValue = "1e-4",
      paramLabel = "SECONDS",
      description = "Time of one step, for NIR files. Default: ${DEFAULT-VALUE}.")
  private double dt;

  /** The network of a file of any form. */
  NirImport read(String uri, Configuration conf) {
    return NetworkSource.readWithNotes(uri, convention, dt, conf);
  }
}
