package org.velella.spark.task;

import java.util.List;

/**
 * What checkpoints have cost some tasks.
 *
 * @param saves how many
 * @param blockedSeconds tasks have waited for them
 * @param writeSeconds they took from beginning to end
 * @param computeSeconds tasks have computed
 * @param rangeSteps steps that were computed, of all ranges together
 */
public record SaveCost(
    long saves,
    double blockedSeconds,
    double writeSeconds,
    double computeSeconds,
    long rangeSteps) {
  /** Of no task. */
  public static final SaveCost NONE = new SaveCost(0, 0, 0, 0, 0);

  private static final int LONGS = 6;

  static SaveCost of(SaveQueue queue, RangeRun ranges) {
    return new SaveCost(
        queue.saves(),
        queue.blockedNanos() * 1e-9,
        queue.writeNanos() * 1e-9,
        ranges.computeNanos() * 1e-9,
        ranges.computedSteps());
  }

  /** As one of the results of a task. */
  long[] toLongs() {
    return new long[] {
      -1,
      saves,
      Double.doubleToLongBits(blockedSeconds),
      Double.doubleToLongBits(writeSeconds),
      Double.doubleToLongBits(computeSeconds),
      rangeSteps
    };
  }

  /** The sum over the tasks that some results come from. */
  public static SaveCost sum(List<long[]> results) {
    SaveCost sum = NONE;
    for (long[] result : results) {
      if (result.length == LONGS) {
        sum =
            new SaveCost(
                sum.saves + result[1],
                sum.blockedSeconds + Double.longBitsToDouble(result[2]),
                sum.writeSeconds + Double.longBitsToDouble(result[3]),
                sum.computeSeconds + Double.longBitsToDouble(result[4]),
                sum.rangeSteps + result[5]);
      }
    }
    return sum;
  }

  /**
   * How many steps should lie between two checkpoints; 0 if nothing was measured.
   *
   * @param mtbfSeconds in which, on average, one executor fails
   */
  public long advisedSteps(double mtbfSeconds) {
    if (saves == 0 || computeSeconds <= 0) {
      return 0;
    }
    double seconds =
        CheckpointInterval.seconds(blockedSeconds / saves, writeSeconds / saves, mtbfSeconds);
    return (long) Math.max(1, seconds * rangeSteps / computeSeconds);
  }
}
