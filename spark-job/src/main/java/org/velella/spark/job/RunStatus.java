package org.velella.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.velella.provenance.CanonicalJson;

/**
 * The last known state of a run.
 *
 * @param state {@code running}, {@code finished}, {@code failed} or {@code interrupted}
 * @param at when it was so
 * @param targetSteps steps that the run goes to
 * @param ranges in all
 * @param rangesDone that have reached the target
 * @param detail such as an exit code or what failed
 */
record RunStatus(
    String state, Instant at, long targetSteps, int ranges, int rangesDone, String detail) {
  ObjectNode toJson() {
    return CanonicalJson.object()
        .put("state", state)
        .put("at", at.toString())
        .put("target_steps", targetSteps)
        .put("ranges", ranges)
        .put("ranges_done", rangesDone)
        .put("detail", detail);
  }
}
