package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.backend.DeviceUse;
import org.velella.checkpoint.DeviceCounts;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileRef;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;
import org.velella.provenance.Secrets;
import org.velella.spark.task.SaveCost;

/**
 * The last known state of a run.
 *
 * @param state {@code running}, {@code finished}, {@code incomplete}, {@code failed} or {@code
 *     interrupted}
 * @param at when it was so
 * @param targetSteps steps that the run goes to
 * @param progress by what is committed
 * @param detail such as an exit code or what failed
 * @param failedTrials of a sweep, trials with failed samples, or {@link #UNKNOWN}
 * @param cost of the checkpoints of the last call whose tasks have ended
 * @param devices what the run's saved steps have used of devices, by the manifest; empty if all of
 *     them were computed by processors
 */
record RunStatus(
    String state,
    Instant at,
    long targetSteps,
    RunProgress progress,
    String detail,
    long failedTrials,
    SaveCost cost,
    SortedMap<String, DeviceUse> devices) {
  /** As long as a sweep goes on, and of any other run. */
  static final long UNKNOWN = -1;

  static final String FINISHED = "finished";

  /** The state of a run whose work has ended before it was done, for a reason of its own. */
  static final String FAILED = "failed";

  /** The state of a run whose work somebody or something has ended, and which goes on. */
  static final String INTERRUPTED = "interrupted";

  private static final String COST = "checkpoints";

  /** What a status says that checkpoints cost; nothing if it does not say so. */
  static SaveCost cost(JsonNode status) {
    if (!status.path(COST).isObject()) {
      return SaveCost.NONE;
    }
    try {
      JsonFields json = new JsonFields(status, "status").object(COST);
      return new SaveCost(
          json.number("saves"),
          json.hexFloat("blocked_seconds"),
          json.hexFloat("write_seconds"),
          json.hexFloat("compute_seconds"),
          json.number("range_steps"));
    } catch (JsonException e) {
      return SaveCost.NONE;
    }
  }

  /** What the newest states of all ranges say of devices. */
  static SortedMap<String, DeviceUse> devices(Manifest manifest) {
    DeviceCounts sum = DeviceCounts.NONE;
    for (RangeEntry range : manifest.ranges()) {
      sum = sum.plus(range.current().map(RangeFileRef::devices).orElse(DeviceCounts.NONE));
    }
    SortedMap<String, DeviceUse> uses = new TreeMap<>();
    sum.byDevice()
        .forEach(
            (device, n) ->
                uses.put(device, new DeviceUse(n.get(0), n.get(1), n.get(2), n.get(3), n.get(4))));
    return uses;
  }

  /** Canonical JSON has whole numbers only; people read these. */
  private static String text(double value) {
    return Double.isInfinite(value) ? "unknown" : String.format(Locale.ROOT, "%.1f", value);
  }

  ObjectNode toJson() {
    ObjectNode json =
        CanonicalJson.object()
            .put("state", state)
            .put("at", at.toString())
            .put("target_steps", targetSteps)
            .put("ranges", progress.ranges())
            .put("ranges_done", progress.rangesDone())
            .put("detail", Secrets.hide(detail));
    String unit = progress.work().unit();
    ObjectNode now = json.putObject("progress");
    if (failedTrials != UNKNOWN) {
      now.put("failed_trials", failedTrials);
    }
    now.put(unit, progress.work().all())
        .put(unit + "_done", progress.work().done())
        .put(unit + "_remaining", progress.remaining())
        .put(unit + "_per_second", text(progress.workRate()))
        .put("failures", progress.work().failures())
        .put("sample_steps", progress.sampleSteps())
        .put("sample_steps_done", progress.sampleStepsDone())
        .put("sample_steps_per_second", text(progress.rate()))
        .put("seconds", text(progress.seconds()))
        .put("seconds_left", text(progress.secondsLeft()));
    if (cost.saves() > 0) {
      json.putObject(COST)
          .put("saves", cost.saves())
          .put("blocked_seconds", CanonicalJson.hex(cost.blockedSeconds()))
          .put("write_seconds", CanonicalJson.hex(cost.writeSeconds()))
          .put("compute_seconds", CanonicalJson.hex(cost.computeSeconds()))
          .put("range_steps", cost.rangeSteps());
    }
    if (!devices.isEmpty()) {
      ObjectNode all = json.putObject("devices");
      devices.forEach(
          (device, use) ->
              all.putObject(device)
                  .put("launches", use.launches())
                  .put("fill_percent", Math.round(100 * use.fill()))
                  .put("kernel_nanos", use.kernelNanos())
                  .put("bytes_in", use.bytesIn())
                  .put("bytes_out", use.bytesOut()));
    }
    return json;
  }
}
