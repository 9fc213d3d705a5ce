package org.velella.spark.job;

import java.util.List;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.spark.frame.RangeIndex;
import org.velella.sweep.SweepLayout;

/** What the ranges of a run hold: samples, or a sweep's trials on samples. */
final class RunLayout {
  private final RangeIndex index;

  /** Null in a run that is no sweep. */
  private final SweepLayout sweep;

  private RunLayout(RangeIndex index, SweepLayout sweep) {
    this.index = index;
    this.sweep = sweep;
  }

  static RunLayout ofSamples(RangeIndex index) {
    return new RunLayout(index, null);
  }

  static RunLayout ofTrials(RangeIndex index, SweepLayout sweep) {
    return new RunLayout(index, sweep);
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

  private long pairs() {
    long pairs = sweep == null ? index.samples() : 0;
    for (int range = 0; sweep != null && range < sweep.ranges(); range++) {
      pairs += sweep.pairs(range);
    }
    return pairs;
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
    long steps = 0;
    long samples = 0;
    int rangesDone = 0;
    for (RangeEntry entry : ranges) {
      long pairs = pairs(entry);
      steps += pairs * entry.step();
      if (entry.step() >= target) {
        samples += pairs;
        rangesDone++;
      }
    }
    long done =
        sweep == null ? samples : sweep.trialsDone(range -> ranges.get(range).step() >= target);
    RunProgress.Work work =
        new RunProgress.Work(
            unit(),
            all(),
            done,
            before == null ? done : before.work().done(),
            Commits.failures(ranges));
    return new RunProgress(
        work,
        index.ranges(),
        rangesDone,
        pairs() * target,
        steps,
        before == null ? steps : before.sampleStepsDone(),
        seconds);
  }
}
