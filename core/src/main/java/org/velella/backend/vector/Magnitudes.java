package org.velella.backend.vector;

import java.util.Arrays;
import java.util.List;
import org.velella.equation.StepProgram.Instruction;

/**
 * Between which numbers a value of a step lies whatever its operands are, as far as literals say
 * so: arguments of exponentials are clamped. NaN counts as lying there.
 */
final class Magnitudes {
  /** Up to here, with room for rounding, every float32 has a place for halves. */
  private static final double SMALL = 0x1p21;

  private final double[] low;
  private final double[] high;

  Magnitudes(List<Instruction> code) {
    low = new double[code.size()];
    high = new double[code.size()];
    Arrays.fill(low, Double.NEGATIVE_INFINITY);
    Arrays.fill(high, Double.POSITIVE_INFINITY);
    for (int i = 0; i < low.length; i++) {
      Instruction in = code.get(i);
      switch (in.op()) {
        case LITERAL -> set(i, in.literal(), in.literal());
        case MAX ->
            set(i, Math.max(low[in.a()], low[in.b()]), Math.max(high[in.a()], high[in.b()]));
        case MIN ->
            set(i, Math.min(low[in.a()], low[in.b()]), Math.min(high[in.a()], high[in.b()]));
        case NEG -> set(i, -high[in.a()], -low[in.a()]);
        case MUL -> multiply(i, in.a(), in.b());
        case RINT, FLOOR -> set(i, Math.floor(low[in.a()]), Math.ceil(high[in.a()]));
        default -> {}
      }
    }
  }

  private void set(int i, double from, double to) {
    low[i] = from;
    high[i] = to;
  }

  /** Infinity times 0 is NaN, which is not small. */
  private void multiply(int i, int a, int b) {
    double[] corners = {low[a] * low[b], low[a] * high[b], high[a] * low[b], high[a] * high[b]};
    double from = corners[0];
    double to = corners[0];
    for (double corner : corners) {
      from = Math.min(from, corner);
      to = Math.max(to, corner);
    }
    set(i, from, to);
  }

  /** Whether adding and subtracting 1.5 * 2^23 rounds the value to a whole number, half to even. */
  boolean small(int i) {
    return low[i] >= -SMALL && high[i] <= SMALL;
  }
}
