package org.velella.spark.cli;

import org.velella.spark.job.Existing;
import picocli.CommandLine.Option;

/** Whether a command replaces a file that is there where it shall write. */
final class OverwriteOption {
  @Option(names = "--overwrite", description = "Replace the output if it is there already.")
  private boolean overwrite;

  Existing existing() {
    return overwrite ? Existing.REPLACE : Existing.KEEP;
  }
}
