package org.velella.spark.job;

import java.util.List;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.spark.frame.RangeIndex;
import org.velella.sweep.SweepLayout;
import org.velella.sweep.TrialList;

/** What the ranges of a run hold: samples, or a sweep's trials on samples. */
final class RunLayout {
  private final RangeIndex index;

  /** Null in a run that is no sweep. */
  private final SweepLayout sweep;

  private final RangeWork work;

  private RunLayout(RangeIndex index, SweepLayout sweep, RangeWork work) {
    this.index = index;
    this.sweep = sweep;
    this.work = work;
  }

  static RunLayout ofSamples(RangeIndex index) {
    return new RunLayout(index, null, RangeWork.of(index));
  }

  /**
   * @param steps of the run
   */
  static RunLayout ofTrials(RangeIndex index, SweepLayout sweep, TrialList trials, long steps) {
    return new RunLayout(index, sweep, RangeWork.of(sweep, trials, steps));
  }

  boolean isSweep() {
    return sweep != null;
  }

  /** How much there is to simulate in each range. */
  RangeWork work() {
    return work;
  }

  RangeIndex index() {
    return index;
  }

  /** The first ranges of generations of trials, with which files of results begin; 0 first. */
  List<Integer> firstRanges() {
    return sweep == null ? List.of(0) : sweep.firstRanges();
  }

  /** What {@link RunProgress.Work} counts. */
  private String unit() {
    return sweep == null ? "samples" : "trials";
  }

  private long all() {
    return sweep == null ? index.samples() : sweep.trials();
  }

  /** Samples, of all trials; the last range of trials may have room for more. */
  private long pairs(RangeEntry entry) {
    return sweep == null
        ? entry.range().size()
        : sweep.pairs((int) (entry.range().lo() / index.rangeSize()));
  }

  private double sampleSteps(long steps) {
    double all = 0;
    for (int range = 0; range < work.ranges(); range++) {
      all += work.sampleSteps(range, 0, steps);
    }
    return all;
  }

  /**
   * How far a run is. Of all that is counted nothing is kept.
   *
   * @param before how far it was when this call began; null: as it is now
   * @param seconds since then
   */
  RunProgress progress(Manifest manifest, RunProgress before, double seconds) {
    long target = manifest.targetSteps();
    List<RangeEntry> ranges = manifest.allRanges();
    double steps = 0;
    long samples = 0;
    int rangesDone = 0;
    for (int range = 0; range < ranges.size(); range++) {
      RangeEntry entry = ranges.get(range);
      steps += work.sampleSteps(range, 0, Math.min(entry.step(), target));
      if (entry.step() >= target) {
        samples += pairs(entry);
        rangesDone++;
      }
    }
    long done =
        sweep == null ? samples : sweep.trialsDone(range -> ranges.get(range).step() >= target);
    RunProgress.Work counted =
        new RunProgress.Work(
            unit(),
            all(),
            done,
            before == null ? done : before.work().done(),
            Commits.failures(ranges));
    return new RunProgress(
        counted,
        index.ranges(),
        rangesDone,
        (long) sampleSteps(target),
        (long) steps,
        before == null ? (long) steps : before.sampleStepsDone(),
        seconds);
  }
}
