package org.velella.spark.job;

import org.velella.sweep.Parameter;
import org.velella.sweep.Trial;
import org.velella.sweep.TrialList;
import org.velella.sweep.Trials;

/** Checks the steps that trials of a sweep set for themselves. */
final class TrialSteps {
  private TrialSteps() {}

  /**
   * Looks at every trial, if some set steps.
   *
   * @param steps of the run
   * @param atOnce how many steps the network takes at a time
   * @throws UsageException if a trial has more steps than the run, or no whole number of them, or
   *     of what the network takes at a time
   */
  static void require(TrialList trials, long steps, int atOnce) {
    if (!areOwn(trials)) {
      return;
    }
    for (long place = 0; place < trials.count(); place++) {
      Trial trial = trials.trial(place);
      Double own = trial.numbers().get(Trials.STEPS);
      if (own != null && (own < 1 || own != Math.rint(own))) {
        throw new UsageException(
            "A trial has %s steps; give whole numbers, at least 1".formatted(own));
      }
      if (own != null && own % atOnce != 0) {
        throw new UsageException(
            "A trial has %.0f steps and the network takes %d at a time; give multiples of them"
                .formatted(own, atOnce));
      }
      if (own != null && own > steps) {
        throw new UsageException(
            "A trial has %.0f steps and the run only %d; give --steps %.0f or more"
                .formatted(own, steps, own));
      }
    }
  }

  /** Whether some trials set steps. */
  static boolean areOwn(TrialList trials) {
    return trials.parameters().stream().map(Parameter::path).anyMatch(Trials.STEPS::equals);
  }

  /** Steps of a trial in a run of so many. */
  static long of(Trial trial, long steps) {
    Double own = trial.numbers().get(Trials.STEPS);
    return own == null ? steps : Math.min(own.longValue(), steps);
  }
}
