package org.velella.spark.job;

import java.util.Locale;
import org.velella.spark.task.CheckpointInterval;
import org.velella.spark.task.SaveCost;

/** How often a run should save, by what its checkpoints were seen to cost. */
final class CheckpointAdvice {
  private CheckpointAdvice() {}

  /**
   * One line for people; empty if nothing was measured.
   *
   * @param mtbfSeconds in which, on average, one executor fails
   */
  static String text(SaveCost cost, double mtbfSeconds) {
    long steps = cost.advisedSteps(mtbfSeconds);
    if (steps == 0) {
      return "";
    }
    double blocked = cost.blockedSeconds() / cost.saves();
    double written = cost.writeSeconds() / cost.saves();
    return String.format(
        Locale.ROOT,
        "a checkpoint held a task up for %.3f s and took %.3f s to write; with a failure every %.3g h, one every %.0f s loses least: --checkpoint-every %d",
        blocked,
        written,
        mtbfSeconds / 3600,
        CheckpointInterval.seconds(blocked, written, mtbfSeconds),
        steps);
  }
}
