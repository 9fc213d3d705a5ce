package org.velella.spark.job;

import org.velella.checkpoint.SampleRange;
import org.velella.spark.frame.RangeIndex;
import org.velella.sweep.SweepLayout;
import org.velella.sweep.TrialList;

/** How much there is to simulate in each range of a run. */
interface RangeWork {
  /** How many ranges there are. */
  int ranges();

  /** The places of a range. */
  SampleRange range(int range);

  /**
   * Samples of a range, each times the steps of {@code [from, to)} that it is simulated for; of a
   * sweep (trial, sample) pairs, of which some ranges have fewer than places, and some trials end
   * before the run.
   */
  double sampleSteps(int range, long from, long to);

  /** Of a run that is no sweep. */
  static RangeWork of(RangeIndex index) {
    return new RangeWork() {
      @Override
      public int ranges() {
        return index.ranges();
      }

      @Override
      public SampleRange range(int range) {
        return new SampleRange(index.firstRank(range), index.endRank(range));
      }

      @Override
      public double sampleSteps(int range, long from, long to) {
        return (double) range(range).size() * Math.max(0, to - from);
      }
    };
  }

  /** Of a sweep. */
  static RangeWork of(SweepLayout layout, TrialList trials) {
    RangeIndex index =
        RangeIndex.consecutive(0, (long) layout.ranges() * layout.rangeSize(), layout.rangeSize());
    RangeWork places = of(index);
    boolean ownSteps = TrialSteps.areOwn(trials);
    return new RangeWork() {
      @Override
      public int ranges() {
        return places.ranges();
      }

      @Override
      public SampleRange range(int range) {
        return places.range(range);
      }

      @Override
      public double sampleSteps(int range, long from, long to) {
        double pairs = layout.pairs(range);
        if (!ownSteps) {
          return pairs * Math.max(0, to - from);
        }
        long first = layout.firstTrial(range);
        long end = layout.endTrial(range);
        double steps = 0;
        for (long place = first; place < end; place++) {
          steps += Math.max(0, Math.min(to, TrialSteps.of(trials.trial(place), to)) - from);
        }
        return pairs / (end - first) * steps;
      }
    };
  }
}
