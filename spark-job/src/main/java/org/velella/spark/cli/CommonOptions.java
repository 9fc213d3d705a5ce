package org.velella.spark.cli;

import picocli.CommandLine.Option;

/** What every command that computes a run takes, besides how it is computed and where. */
final class CommonOptions {
  @Option(
      names = "--show",
      defaultValue = "10",
      paramLabel = "ROWS",
      description = "Result rows to print at the end. Default: ${DEFAULT-VALUE}.")
  private int show;

  @Option(names = "--dry-run", description = "Check everything and say what would be done.")
  private boolean dryRun;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML whose keys are these options' names; the command line wins.")
  private String config;

  int show() {
    return show;
  }

  boolean dryRun() {
    return dryRun;
  }
}
