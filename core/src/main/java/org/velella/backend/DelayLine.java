package org.velella.backend;

import org.velella.plan.DelayOp;

/** Delays on the Java heap: numbers are moved, none is computed. */
public final class DelayLine {
  private DelayLine() {}

  /**
   * Runs some steps.
   *
   * @param own delays of samples, as {@link DelayOp#ofSamples} gives them
   * @param in the input {@code [steps, N, size]} from {@code from} on
   * @param out takes the output from {@code to} on
   * @param history the op's memory, changed
   */
  public static void run(
      DelayOp op,
      int[] own,
      int batch,
      int steps,
      float[] in,
      int from,
      float[] out,
      int to,
      float[] history) {
    for (int s = 0; s < steps; s++) {
      for (int n = 0; n < batch; n++) {
        int at = (s * batch + n) * op.size();
        boolean given = own != null && own[n] != DelayOp.OWN;
        if (given || op.steps().length == 1) {
          int behind = s - (given ? own[n] : op.of(0));
          boolean here = behind >= 0;
          int source = here ? from + (behind * batch + n) * op.size() : kept(op, n, behind);
          System.arraycopy(here ? in : history, source, out, to + at, op.size());
        } else {
          each(op, n, batch, s, in, from, out, to + at, history);
        }
      }
    }
    for (int n = 0; n < batch; n++) {
      remember(op, n, batch, steps, in, from, history);
    }
  }

  /** Where the input of a step before this chunk lies. */
  private static int kept(DelayOp op, int n, int behind) {
    return (n * op.kept() + op.kept() + behind) * op.size();
  }

  private static void each(
      DelayOp op,
      int n,
      int batch,
      int s,
      float[] in,
      int from,
      float[] out,
      int at,
      float[] history) {
    for (int i = 0; i < op.size(); i++) {
      int behind = s - op.of(i);
      out[at + i] =
          behind >= 0
              ? in[from + (behind * batch + n) * op.size() + i]
              : history[kept(op, n, behind) + i];
    }
  }

  private static void remember(
      DelayOp op, int n, int batch, int steps, float[] in, int from, float[] history) {
    int size = op.size();
    int stay = Math.max(0, op.kept() - steps);
    int first = n * op.kept() * size;
    System.arraycopy(history, first + (op.kept() - stay) * size, history, first, stay * size);
    for (int k = stay; k < op.kept(); k++) {
      int step = steps - op.kept() + k;
      System.arraycopy(in, from + (step * batch + n) * size, history, first + k * size, size);
    }
  }
}
