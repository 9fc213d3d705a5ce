package org.velella.spark.job;

import java.util.List;
import org.velella.checkpoint.RangeEntry;
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

  /**
   * The steps that ranges have come to.
   *
   * @param saved ranges of which something is saved, ascending
   */
  default long[] stepsOf(List<RangeEntry> saved) {
    long[] steps = new long[ranges()];
    int next = 0;
    for (int range = 0; range < steps.length; range++) {
      long lo = range(range).lo();
      while (next < saved.size() && saved.get(next).range().lo() < lo) {
        next++;
      }
      boolean begun = next < saved.size() && saved.get(next).range().lo() == lo;
      steps[range] = begun ? saved.get(next).step() : 0;
    }
    return steps;
  }

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

  /**
   * Of a sweep.
   *
   * @param steps of the run
   */
  static RangeWork of(SweepLayout layout, TrialList trials, long steps) {
    RangeIndex index =
        RangeIndex.consecutive(0, (long) layout.ranges() * layout.rangeSize(), layout.rangeSize());
    RangeWork places = of(index);
    return TrialSteps.areOwn(trials)
        ? new OwnSteps(places, layout, trials, steps)
        : equal(places, layout);
  }

  /** Of a sweep whose trials have all steps of the run. */
  private static RangeWork equal(RangeWork places, SweepLayout layout) {
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
        return (double) layout.pairs(range) * Math.max(0, to - from);
      }
    };
  }

  /** Of a sweep whose trials may end before the run. */
  final class OwnSteps implements RangeWork {
    private final RangeWork places;
    private final SweepLayout layout;
    private final TrialList trials;
    private final long steps;

    /** Of each range the step that was asked for last, and what there is before it. */
    private final long[] asked;

    private final double[] before;

    /** Of each range what there is in the run. */
    private final double[] all;

    private OwnSteps(RangeWork places, SweepLayout layout, TrialList trials, long steps) {
      this.places = places;
      this.layout = layout;
      this.trials = trials;
      this.steps = steps;
      asked = new long[places.ranges()];
      before = new double[places.ranges()];
      all = new double[places.ranges()];
    }

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
      return from < to ? before(range, to) - before(range, from) : 0;
    }

    /** From the beginning to a step; what is asked for at every commit is counted once. */
    private double before(int range, long step) {
      if (step == 0) {
        return 0;
      }
      if (step == steps) {
        all[range] = all[range] == 0 ? counted(range, step) : all[range];
        return all[range];
      }
      if (step != asked[range]) {
        asked[range] = step;
        before[range] = counted(range, step);
      }
      return before[range];
    }

    private double counted(int range, long step) {
      long first = layout.firstTrial(range);
      long end = layout.endTrial(range);
      double sum = 0;
      for (long place = first; place < end; place++) {
        sum += TrialSteps.of(trials.trial(place), step);
      }
      return (double) layout.pairs(range) / (end - first) * sum;
    }
  }
}
