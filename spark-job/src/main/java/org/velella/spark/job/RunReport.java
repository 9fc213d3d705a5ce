package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.MemoryEntry;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Recording;
import org.velella.module.MemoryScope;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.RunProvenance;
import org.velella.spark.task.SaveCost;
import org.velella.sweep.TrialList;

/** What is known of a run from its directory alone, without starting Spark. */
public final class RunReport {
  private RunReport() {}

  /** Whether a run lies in a directory, be it one that has lost what says what it is. */
  public static boolean isRun(String directory) {
    RunDirectory run = RunDirectory.of(directory, new Configuration());
    return run.hasRun() || run.hasLostRun();
  }

  /**
   * The run in a directory: its provenance, how far its checkpoint is, its memories and recordings.
   *
   * @param verify whether every byte of every listed file and of the run's own is to be read
   * @throws UsageException if there is no run
   * @throws org.velella.checkpoint.CheckpointException if {@code _run/run.json}, the trials of a
   *     sweep or all manifests of its checkpoint are unusable
   */
  public static ObjectNode of(String directory, boolean verify) {
    Configuration conf = new Configuration();
    RunDirectory run = RunDirectory.of(directory, conf);
    RunSpec spec = run.spec();
    RunProvenance provenance = spec.provenance();
    ObjectNode json = CanonicalJson.object();
    json.put("run", run.location());
    json.put("id", spec.runId());
    json.put("started", provenance.started().toString());
    json.put("velella", provenance.software().velella());
    json.put("java", provenance.software().java());
    json.put("convention", provenance.convention());
    json.put("dt", provenance.dt());
    json.put("seed", provenance.seed());
    json.put("backend", provenance.backend().name());
    json.set("digests", CanonicalJson.object(provenance.digests()));
    json.set("configuration", CanonicalJson.object(provenance.configuration()));
    SaveCost cost = SaveCost.NONE;
    if (run.lastStatus().isPresent()) {
      JsonNode status = run.lastStatus().get();
      cost = RunStatus.cost(status);
      json.set("status", status);
    }
    if (!UserMetrics.of(run).isEmpty()) {
      json.set("metrics", UserMetrics.of(run).toJson());
    }
    String advice = CheckpointAdvice.text(cost, spec.orAsBegun(Manner.USUAL).mtbfSeconds());
    json.put("advice", advice.isEmpty() ? "no checkpoint was measured yet" : advice);
    try {
      if (spec.sweep().isPresent()) {
        json.set("sweep", sweep(new TrialsFile(run.store()).trials(), spec.sweep().get()));
      }
      ArrayNode drivers = json.putArray("drivers");
      RunLease.holders(run.store()).forEach(drivers::add);
      ManifestHead head = new ManifestLog(run.store()).latest().orElse(null);
      // After the manifest: a driver that extends a sweep writes its trials first.
      ArrayNode missing = json.putArray("missing_files_of_run");
      OwnFiles.missing(run, head == null ? null : head.manifest()).forEach(missing::add);
      if (head == null) {
        LostManifests.requireNone(run);
        if (verify) {
          json.set("verified", RunVerification.ofBegun(run).toJson());
        }
      } else {
        RunHealth health = RunHealth.of(run, head);
        json.set("checkpoint", checkpoint(health.head()));
        json.set("health", health.toJson());
        if (verify) {
          json.set(
              "verified",
              new RunVerification(run, conf, health.head(), health.places()).run().toJson());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the checkpoint of " + run.location(), e);
    }
    return json;
  }

  private static JsonNode sweep(TrialList trials, RunSpec.SweepShape shape) {
    ObjectNode json = CanonicalJson.object();
    json.put("trials", trials.count());
    json.put("samples_per_trial", shape.samples());
    ArrayNode parameters = json.putArray("parameters");
    trials.parameters().forEach(parameter -> parameters.add(parameter.path()));
    json.put("extensions", Math.max(0, trials.counts().size() - 1));
    return json;
  }

  /** The exit code for a report: whether what was read is sound, or else whether it is there. */
  public static int exitCode(JsonNode report) {
    JsonNode verified = report.path("verified");
    JsonNode health = report.path("health");
    boolean unusable =
        Stream.of(
                report.path("missing_files_of_run"),
                health.path("ranges_without_state"),
                verified.path("unsound_files_of_run"),
                verified.path("ranges_without_sound_state"))
            .anyMatch(found -> !found.isEmpty());
    boolean failed =
        Stream.of(health.path("missing"), health.path("damaged"), verified.path("unsound"))
            .anyMatch(found -> !found.isEmpty());
    if (unusable) {
      return ExitCode.CHECKPOINT_UNUSABLE;
    }
    return failed ? ExitCode.FAILED : ExitCode.DONE;
  }

  private static JsonNode checkpoint(ManifestHead head) {
    Manifest manifest = head.manifest();
    ObjectNode json = CanonicalJson.object();
    json.put("manifest", manifest.version());
    json.put("samples", manifest.samples());
    json.put("target_steps", manifest.targetSteps());
    json.put("range_size", manifest.rangeSize());
    json.put("complete", manifest.isComplete());
    TreeMap<Long, Integer> rangesAt = new TreeMap<>();
    TreeMap<String, Long> rows = new TreeMap<>();
    manifest.allRanges().forEach(range -> rangesAt.merge(range.step(), 1, Integer::sum));
    for (RangeEntry range : manifest.ranges()) {
      for (Recording recording : range.recordings()) {
        rows.merge(recording.kind(), recording.rows(), Long::sum);
      }
    }
    ObjectNode steps = json.putObject("ranges_at_step");
    rangesAt.forEach((step, ranges) -> steps.put(step.toString(), ranges));
    ObjectNode recorded = json.putObject("recorded_rows");
    rows.forEach(recorded::put);
    ArrayNode memories = json.putArray("memories");
    for (MemoryEntry memory : manifest.run().memories()) {
      memories
          .addObject()
          .put("name", memory.name())
          .put("dtype", memory.dtype().code())
          .put("shape", memory.shape().toString())
          .put("scope", memory.scope() == MemoryScope.SHARED ? "shared" : "per-sample");
    }
    return json;
  }
}
