package org.velella.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.velella.provenance.CanonicalJson;
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
          + " spike counts and first spikes with those that it has saved, and spikes and traces with"
          + " those that it has recorded, bit for bit. The run stays as it is. Exit code 0 if all is"
          + " equal, 1 if something differs."
    },
    footer = {
      "",
      "Examples:",
      "  velella reproduce run",
      "  velella reproduce run --samples 0:100",
      "  velella reproduce run --without-recordings --json",
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
      names = "--without-recordings",
      description = "Do not record again, and compare, the spikes and traces that the run records.")
  private boolean withoutRecordings;

  @Option(
      names = "--little-room",
      defaultValue = "refuse",
      paramLabel = "refuse|warn",
      description =
          "What to do if the traces that are to be recorded again may be more, before they are"
              + " compressed, than there is room for, or recordings more than the driver can list."
              + " Default: ${DEFAULT-VALUE}.")
  private String littleRoom;

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

  @Option(names = "--json", description = "Print what was compared and what differs as JSON.")
  private boolean json;

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
          PrintWriter out = spec.commandLine().getOut();
          if (json) {
            out.println(json(found).toPrettyString());
            out.flush();
          } else {
            print(found, out);
          }
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
            Manner.requireLittleRoom(littleRoom),
            usual.budget());
    return new ReproduceConfig(
        run,
        all ? ReproduceConfig.ALL : trial,
        scratch,
        withoutRecordings ? ReproduceConfig.Recordings.LEAVE : ReproduceConfig.Recordings.COMPARE,
        manner);
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
    Reproduction.Recorded recorded = found.recorded();
    if (found.isEqual()) {
      out.println(
          "equal: every bit of memories, counts and first spikes%s of %s"
              .formatted(
                  recorded.isCompared()
                      ? ", of %d recorded spikes and %d rows of traces"
                          .formatted(recorded.spikes(), recorded.traces())
                      : "",
                  Secrets.hide(run)));
    }
    for (String difference : found.differences()) {
      out.println("different: " + difference);
    }
    if (recorded.differences() > 0) {
      out.println(
          "of %d recorded spikes and %d rows of traces, %d are different or on one side only"
              .formatted(recorded.spikes(), recorded.traces(), recorded.differences()));
    }
    if (!recorded.isCompared()) {
      out.println(
          recorded.record().isEmpty()
              ? "the run records neither spikes nor traces, so none were compared"
              : "not compared: what the run records (%s)".formatted(recorded.record()));
    }
    out.flush();
  }

  private ObjectNode json(Reproduction found) {
    ObjectNode json = CanonicalJson.object();
    json.put("run", Secrets.hide(run));
    json.put("samples", found.samples());
    json.put("steps", found.steps());
    json.put("seconds", found.seconds());
    json.put("backend", found.backend());
    json.put("recorded_backend", found.recordedBackend());
    Reproduction.Recorded recorded = found.recorded();
    ArrayNode compared = json.putArray("compared");
    List.of("memories", "spike_counts", "first_spike_step", "results").forEach(compared::add);
    if (recorded.isCompared()) {
      List.of("spikes", "traces").forEach(compared::add);
    }
    ObjectNode rows = json.putObject("recorded");
    rows.put("record", recorded.record());
    rows.put("spikes", recorded.spikes());
    rows.put("traces", recorded.traces());
    rows.put("differences", recorded.differences());
    json.put("equal", found.isEqual());
    ArrayNode differences = json.putArray("differences");
    found.differences().forEach(differences::add);
    return json;
  }
}
