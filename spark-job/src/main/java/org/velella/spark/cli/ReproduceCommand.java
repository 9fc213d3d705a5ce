package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.velella.provenance.Secrets;
import org.velella.spark.job.Manner;
import org.velella.spark.job.ReproduceConfig;
import org.velella.spark.job.ReproduceJob;
import org.velella.spark.job.Reproduction;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella reproduce}: simulates a run once more and compares every bit. */
@Command(
    name = "reproduce",
    description = {
      "Simulate a run once more as _run/run.json says, elsewhere, and compare the final memories,"
          + " spike counts and first spikes with those that it has saved, bit for bit. The run stays"
          + " as it is. Exit code 0 if all is equal, 1 if something differs."
    },
    footer = {
      "",
      "Examples:",
      "  velella reproduce run",
      "  velella reproduce run --samples 0:100",
      "  velella reproduce sweep --trial 4611686018427387904 --backend auto"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ReproduceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run directory.")
  private String run;

  @Option(
      names = "--trial",
      defaultValue = "",
      paramLabel = "ID",
      description = "Of a sweep, only this trial, by its trial_id.")
  private String trial;

  @Option(names = "--all", description = "Of a sweep, all trials.")
  private boolean all;

  @Option(
      names = "--samples",
      defaultValue = "",
      paramLabel = "FROM:TO",
      description =
          "Only the ranges that hold the samples with ids from FROM up to, but without, TO. Not of"
              + " sweeps.")
  private String samples;

  @Option(
      names = "--scratch",
      defaultValue = "",
      paramLabel = "DIRECTORY",
      description =
          "Where to simulate; what is written there is removed again. Default: the temporary"
              + " directory of this machine. On a cluster, all machines must see it.")
  private String scratch;

  @Option(
      names = "--backend",
      defaultValue = "scalar",
      paramLabel = "NAME",
      description =
          "The backend to simulate with. Default: ${DEFAULT-VALUE}, which defines the bits.")
  private String backend;

  @Option(
      names = "--partitions",
      defaultValue = "0",
      paramLabel = "P",
      description = "Tasks; 0: about three per core.")
  private int partitions;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    ReproduceConfig config = config();
    Reporter reporter = said.reporter(spec);
    return spark.with(
        "velella reproduce " + run,
        session -> {
          Reproduction found = ReproduceJob.run(session, config, reporter);
          print(found, spec.commandLine().getOut());
          return found.exitCode();
        });
  }

  private ReproduceConfig config() {
    if (all && !trial.isEmpty()) {
      throw new UsageException("Give --trial ID or --all, one of the two");
    }
    Manner usual = Manner.USUAL;
    Manner manner =
        new Manner(
            backend,
            usual.tileSize(),
            partitions,
            samples,
            usual.failFast(),
            usual.keep(),
            usual.mtbfSeconds(),
            usual.selfCheck(),
            usual.gpuPermits(),
            usual.littleRoom(),
            usual.budget());
    return new ReproduceConfig(run, all ? ReproduceConfig.ALL : trial, scratch, manner);
  }

  private void print(Reproduction found, PrintWriter out) {
    out.println(
        String.format(
            Locale.ROOT,
            "%d samples simulated again to step %d in %.1f s on backend %s; the run was on %s",
            found.samples(),
            found.steps(),
            found.seconds(),
            found.backend(),
            found.recordedBackend()));
    out.println(
        found.isEqual()
            ? "equal: every bit of memories, counts and first spikes of " + Secrets.hide(run)
            : "different: " + found.difference());
    out.flush();
  }
}
