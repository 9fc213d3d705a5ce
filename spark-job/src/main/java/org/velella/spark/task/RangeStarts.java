package org.velella.spark.task;

import java.io.IOException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeLooks;
import org.velella.checkpoint.RunIdentity;
import org.velella.provenance.Secrets;

/** Finds where the ranges of a task stand. */
final class RangeStarts {
  private static final Logger LOG = LoggerFactory.getLogger(RangeStarts.class);

  private final CheckpointStore store;
  private final RunIdentity run;
  private final long targetSteps;
  private final RangeHeads pending;
  private final Adoption adoption;
  private final boolean copies;

  /** Null for a first attempt. */
  private final RangeLooks.OfTask looks;

  private boolean begun;

  /**
   * @param triedBefore whether another attempt of the task may have saved something
   * @param copies whether a copy of the task may run beside it
   */
  RangeStarts(
      CheckpointStore store,
      RunIdentity run,
      long targetSteps,
      RangeHeads pending,
      boolean triedBefore,
      boolean copies) {
    this.store = store;
    this.run = run;
    this.targetSteps = targetSteps;
    this.pending = pending;
    this.copies = copies;
    adoption = new Adoption(store);
    looks = triedBefore ? pending.looks(store).ofTask() : null;
  }

  /**
   * How many attempts of a Spark task there may have been before: those of this attempt of its
   * stage, which counts anew, and one in each attempt of the stage before.
   */
  static int triesBefore(TaskContext task) {
    return task.attemptNumber() + task.stageAttemptNumber();
  }

  /** Whether Spark starts copies of slow tasks. */
  static boolean copies() {
    return SparkEnv.get().conf().getBoolean("spark.speculation", false);
  }

  /**
   * How many attempts of a Spark task were lost before. One that is still running is not: where
   * Spark starts copies of slow tasks, one at most runs beside a new attempt of the same stage.
   */
  static int lostBefore(TaskContext task) {
    return lost(task.attemptNumber(), task.stageAttemptNumber(), copies());
  }

  /**
   * As {@link #lostBefore(TaskContext)}.
   *
   * @param copies whether Spark starts copies of tasks that run
   */
  static int lost(int attempt, int stageAttempt, boolean copies) {
    return Math.max(0, copies ? attempt - 1 : attempt) + stageAttempt;
  }

  /** Where a range stands: as the driver knows, or as another attempt has left it. */
  RangeCheckpoint of(int range) throws IOException {
    RangeEntry start = pending.start(range);
    if (looks != null) {
      start = saved(start);
    } else if (begun && copies) {
      // A copy of this task may have overtaken it, and what the driver gave may be collected.
      start = adoption.listed(start);
    }
    begun = true;
    return new RangeCheckpoint(store, run, start);
  }

  private RangeEntry saved(RangeEntry given) throws IOException {
    Adoption.Result found = adoption.adopt(run, given, targetSteps, looks);
    found.warnings().forEach(warning -> LOG.warn(Secrets.hide(warning)));
    return found.ranges().isEmpty() ? given : found.ranges().get(0);
  }
}
