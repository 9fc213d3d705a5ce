package org.velella.spark.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.velella.spark.job.ExitCode;
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
    description = "Finish a run that was interrupted, take it further, or branch off it.",
    footer = {
      "",
      "Examples:",
      "  velella resume run",
      "  velella resume run --steps +1000",
      "  velella resume run --steps +1000 --output branch --set lif.tau=3"
    },
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

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      description =
          "Steps between two checkpoints; 0: one at the end; auto: as often as is worth it. Default:"
              + " as when the run began.")
  private String checkpointEvery;

  @Option(
      names = "--output",
      defaultValue = "",
      paramLabel = "BRANCH",
      description =
          "Leave RUN as it is and go on in this directory, from the last step that RUN has saved.")
  private String output;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "A neuron parameter that the branch has otherwise, such as lif.tau=3; needs --output; may"
              + " be given several times.")
  private Map<String, Double> changes = new LinkedHashMap<>();

  @Option(
      names = "--samples",
      defaultValue = "",
      paramLabel = "FROM:TO",
      description =
          "Work only on the samples with ids from FROM up to, but without, TO. Several are separated"
              + " by commas. Default: all.")
  private String samples;

  @Mixin private MannerOptions manner;

  @Mixin private CommonOptions common;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    ResumeConfig resume = config();
    Reporter reporter = said.reporter(spec);
    Summary summary = new Summary(spec.commandLine().getOut());
    String directory = output.isBlank() ? run : output;
    return spark.with(
        "velella resume " + directory,
        session -> {
          if (common.dryRun()) {
            summary.print(ResumeJob.plan(session, resume, reporter), directory);
            return ExitCode.DONE;
          }
          RunOutcome outcome = ResumeJob.run(session, resume, reporter);
          summary.print(session, directory, outcome, common.show());
          return outcome.exitCode();
        });
  }

  private ResumeConfig config() {
    ResumeConfig.Builder builder =
        ResumeConfig.builder(run)
            .moreSteps(moreSteps(steps))
            .output(output)
            .manner(manner.manner(samples));
    if (checkpointEvery != null) {
      builder.checkpointEvery(SimulateCommand.every(checkpointEvery));
    }
    changes.forEach(builder::set);
    return builder.build();
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
