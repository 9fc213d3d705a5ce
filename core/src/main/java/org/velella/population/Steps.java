package org.velella.population;

import java.util.Arrays;
import org.velella.synapse.DelayOperation;

/**
 * Delays in whole steps.
 *
 * @param steps one for all synapses, or one for each
 * @param note what was rounded although somebody wrote it, or null
 */
record Steps(int[] steps, String note) {
  /** What a division may have made of a whole number of steps; no cause for a word. */
  private static final double TOLERANCE = 1e-6;

  /**
   * Rounds times.
   *
   * @param label for messages
   * @param drawn whether nobody wrote these very numbers, so that those below a step become one
   */
  static Steps of(String label, double[] times, boolean drawn, double dt) {
    int[] steps = new int[times.length];
    String note = null;
    for (int e = 0; e < times.length; e++) {
      double exact = times[e] / dt;
      double whole = drawn ? Math.max(1, Math.rint(exact)) : Math.rint(exact);
      Checks.require(
          whole >= 1 && whole <= DelayOperation.MOST_STEPS,
          "%s: a delay must be from 1 to %s steps of %s, found %s",
          label,
          DelayOperation.MOST_STEPS,
          dt,
          times[e]);
      steps[e] = (int) whole;
      if (!drawn && Math.abs(exact - whole) > TOLERANCE * exact) {
        note =
            "%s: a delay of %s was rounded to %d steps of %s"
                .formatted(label, times[e], steps[e], dt);
      }
    }
    boolean same = Arrays.stream(steps).allMatch(each -> each == steps[0]);
    return new Steps(same && steps.length > 0 ? new int[] {steps[0]} : steps, note);
  }

  int shortest() {
    return Arrays.stream(steps).min().orElse(0);
  }

  int longest() {
    return Arrays.stream(steps).max().orElse(0);
  }
}
