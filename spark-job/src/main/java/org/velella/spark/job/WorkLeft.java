package org.velella.spark.job;

import java.util.List;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Selection;
import org.velella.spark.task.CheckpointSchedule;

/**
 * What a call is still to simulate, and to record of that, in samples times steps.
 *
 * @param ranges that are not done
 * @param first of these; -1 if there is none
 * @param all of it
 * @param interval the most that a range has from one checkpoint to the next
 * @param twoIntervals the most that a range has in two intervals in a row: while one is recorded,
 *     the one before is saved
 */
record WorkLeft(int ranges, int first, double all, double interval, double twoIntervals) {
  /**
   * Adds it up.
   *
   * @param saved ranges of which something is saved, ascending; it is recorded up to there
   * @param steps that the call goes to
   */
  static WorkLeft of(
      RangeWork work,
      Selection selection,
      List<RangeEntry> saved,
      long steps,
      CheckpointSchedule schedule) {
    int ranges = 0;
    int first = -1;
    double all = 0;
    double interval = 0;
    double two = 0;
    long[] begun = work.stepsOf(saved);
    for (int range = 0; range < work.ranges(); range++) {
      long from = begun[range];
      if (from >= steps || !selection.contains(work.range(range))) {
        continue;
      }
      first = ranges == 0 ? range : first;
      ranges++;
      all += work.sampleSteps(range, from, steps);
      int of = range;
      CheckpointSchedule.Work ofRange = (begin, end) -> work.sampleSteps(of, begin, end);
      interval = Math.max(interval, schedule.mostOfOne(from, ofRange));
      two = Math.max(two, schedule.mostOfTwo(from, ofRange));
    }
    return new WorkLeft(ranges, first, all, interval, two);
  }
}
