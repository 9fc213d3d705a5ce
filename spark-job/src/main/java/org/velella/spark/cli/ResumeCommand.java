package org.velella.spark.cli;

import java.util.concurrent.Callable;
import org.velella.spark.job.ResumeConfig;
import org.velella.spark.job.ResumeJob;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella resume}: options into a {@link ResumeConfig}, and a {@link ResumeJob}. */
@Command(
    name = "resume",
    description = "Finish a run that was interrupted, or take it further.",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ResumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run directory.")
  private String run;

  @Option(
      names = "--steps",
      paramLabel = "+K",
      description = "Go K steps beyond the run's last step. Default: finish what is missing.")
  private String steps;

  @Mixin private MannerOptions manner;

  @Option(
      names = "--show",
      defaultValue = "10",
      paramLabel = "ROWS",
      description = "Result rows to print at the end. Default: ${DEFAULT-VALUE}.")
  private int show;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML whose keys are these options' names; the command line wins.")
  private String config;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    ResumeConfig resume =
        ResumeConfig.builder(run)
            .moreSteps(moreSteps(steps))
            .backend(manner.backend())
            .tileSize(manner.tileSize())
            .partitions(manner.partitions())
            .build();
    Reporter reporter = new Reporter(spec.commandLine().getErr());
    return spark.with(
        "velella resume " + run,
        session -> {
          RunOutcome outcome = ResumeJob.run(session, resume, reporter);
          new Summary(spec.commandLine().getOut()).print(session, run, outcome, show);
          return outcome.exitCode();
        });
  }

  /** {@code +K}; a plain number would leave open whether it counts from the beginning. */
  static long moreSteps(String text) {
    if (text == null) {
      return 0;
    }
    if (!text.matches("\\+[0-9]{1,18}")) {
      throw new UsageException(
          "--steps is %s; give +K to go K steps beyond the run's last step".formatted(text));
    }
    return Long.parseLong(text.substring(1));
  }
}
