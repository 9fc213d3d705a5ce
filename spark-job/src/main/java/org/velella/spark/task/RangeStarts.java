package org.velella.spark.task;

import java.io.IOException;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RunIdentity;

/** Finds where the ranges of a task stand. */
final class RangeStarts {
  private static final Logger LOG = LoggerFactory.getLogger(RangeStarts.class);

  private final CheckpointStore store;
  private final TaskSpec spec;
  private final ExecutorRuntime runtime;
  private final RangeHeads pending;
  private final Adoption adoption;

  /**
   * @param task null where no Spark task runs
   */
  RangeStarts(
      CheckpointStore store,
      TaskSpec spec,
      ExecutorRuntime runtime,
      RangeHeads pending,
      TaskContext task) {
    this.store = store;
    this.spec = spec;
    this.runtime = runtime;
    this.pending = pending;
    boolean triedBefore =
        task != null && (task.attemptNumber() > 0 || task.stageAttemptNumber() > 0);
    adoption = triedBefore ? new Adoption(store) : null;
  }

  /** Where a range stands: as the driver knows, or as an attempt that was lost has left it. */
  RangeCheckpoint of(int range) throws IOException {
    RangeEntry start = pending.start(range);
    RunIdentity run = runtime.identity();
    if (adoption != null) {
      // The driver has gone on since it gave the task its ranges, and may have collected old files.
      start = new ManifestLog(store).latestEntry(start.range()).orElse(start);
      Adoption.Result found =
          adoption.adopt(run, start, spec.targetSteps(), Adoption.Verification.DATA);
      found.warnings().forEach(LOG::warn);
      if (!found.ranges().isEmpty()) {
        start = found.ranges().get(0);
      }
    }
    return new RangeCheckpoint(store, run, start);
  }
}
