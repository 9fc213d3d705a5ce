package org.velella.spark.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.velella.checkpoint.Garbage;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.Manner;
import org.velella.spark.job.RunCleaning;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella gc}: removes what a run does not need any more, without Spark. */
@Command(
    name = "gc",
    description = "Remove old checkpoint files of a run, and what lost attempts have left.",
    footer = {
      "",
      "Examples:",
      "  velella gc run --dry-run",
      "  velella gc run --keep 1 --grace 1h"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class GcCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run directory.")
  private String run;

  @Option(
      names = "--keep",
      paramLabel = "K",
      description =
          "Checkpoint files of each range to keep, to fall back on. Default: as when the run began,"
              + " which is "
              + Manner.USUAL_KEEP
              + " unless said otherwise.")
  private Integer keep;

  @Option(
      names = "--grace",
      defaultValue = "24h",
      paramLabel = "TIME",
      description =
          "Files that no checkpoint has ever listed stay if they are younger. Default:"
              + " ${DEFAULT-VALUE}.")
  private String grace;

  @Option(names = "--dry-run", description = "Only list what would be removed.")
  private boolean dryRun;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Override
  public Integer call() {
    Duration age = Duration.ofMillis((long) (1000 * Quantity.seconds("--grace", grace)));
    PrintWriter out = spec.commandLine().getOut();
    Reporter reporter = said.reporter(spec);
    int kept = keep == null ? RunCleaning.keptAsBegun(run) : keep;
    Garbage garbage =
        dryRun ? RunCleaning.find(run, kept, age) : RunCleaning.clean(run, kept, age, reporter);
    if (dryRun) {
      garbage.files().forEach(file -> out.println(file.path() + "  " + file.bytes()));
    }
    out.println(
        "%d files, %s: %s"
            .formatted(
                garbage.files().size(),
                Quantity.bytes(garbage.bytes()),
                dryRun ? "nothing was removed" : "removed"));
    out.flush();
    return ExitCode.DONE;
  }
}
