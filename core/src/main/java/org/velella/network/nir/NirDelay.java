package org.velella.network.nir;

import java.util.List;
import org.velella.synapse.DelayOperation;
import org.velella.tensor.Tensor;

/**
 * The Delay node: {@code y(t) = x(t - delay)}, seconds in the file, whole steps in the network. A
 * delay that is no whole number of steps is rounded to the nearest one, half of one to the even
 * number, and reported.
 */
final class NirDelay {
  static final String TYPE = "Delay";
  static final String DATASET = "delay";

  /** What float32 may have made of a whole number of steps; no cause for a word. */
  private static final double TOLERANCE = 1e-6;

  private NirDelay() {}

  /** The names of the datasets of a type's group; none if the type is no Delay. */
  static List<String> datasets(String type) {
    return type.equals(TYPE) ? List.of(DATASET) : List.of();
  }

  static DelayOperation operation(NirNode node, double dt, NirNotes notes) {
    Tensor delay = node.withoutLeadingOnes(DATASET, node.parameter(DATASET));
    int[] steps = new int[delay.size()];
    int rounded = 0;
    double worst = 0;
    for (int i = 0; i < steps.length; i++) {
      double exact = delay.doubles()[i] / dt;
      if (exact < 0 || exact > DelayOperation.MOST_STEPS) {
        throw node.refusal(
            "dataset 'delay' must be from 0 to %d steps of %s s, found %s s at index %d; check the"
                    .formatted(DelayOperation.MOST_STEPS, dt, delay.doubles()[i], i)
                + " units");
      }
      steps[i] = (int) Math.rint(exact);
      double off = Math.abs(exact - steps[i]);
      if (off > TOLERANCE * Math.max(1, exact)) {
        rounded++;
        worst = Math.max(worst, off);
      }
    }
    if (rounded > 0) {
      notes.add(
          "%s: %d of %d delays were rounded to whole steps of %s s, by up to %s steps"
              .formatted(node.label(), rounded, steps.length, dt, (float) worst));
    }
    return new DelayOperation(Tensor.of(delay.shape(), steps));
  }

  /** What {@link #operation} reads back. */
  static double[] seconds(DelayOperation delay, double dt) {
    int[] steps = delay.steps().ints();
    double[] seconds = new double[steps.length];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = steps[i] * dt;
    }
    return seconds;
  }
}
