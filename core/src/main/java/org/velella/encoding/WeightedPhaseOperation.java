package org.velella.encoding;

/**
 * The binary digits of the input, one a step, the most significant first: at place i of the cycle
 * an element fires if digit i + 1 behind the point is 1.
 *
 * @param steps K, the digits, from 1 to {@value #MOST_STEPS}
 * @param counting what the memory {@code t} counts
 */
public record WeightedPhaseOperation(int steps, Counting counting) implements CycleOperation {
  /** A float32 number below 1 that is a sum of powers of two has no more digits to tell apart. */
  public static final int MOST_STEPS = 24;

  public WeightedPhaseOperation {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new IllegalArgumentException(
          "A weighted phase encoder takes from 1 to %d steps, found %d"
              .formatted(MOST_STEPS, steps));
    }
  }

  /** One whose memory {@code t} is the place in the cycle. */
  public WeightedPhaseOperation(int steps) {
    this(steps, Counting.CYCLE);
  }

  @Override
  public WeightedPhaseOperation ofSteps(int length) {
    return new WeightedPhaseOperation(length, counting);
  }

  @Override
  public WeightedPhaseOperation counting(Counting way) {
    return new WeightedPhaseOperation(steps, way);
  }

  @Override
  public String kind() {
    return "WeightedPhaseEncoder";
  }

  /** 1 − 2^−K. */
  @Override
  public float greatest() {
    return 1 - Math.scalb(1f, -steps);
  }

  @Override
  public void encode(int n, float[] x, int at, float[] code, int codeAt) {
    System.arraycopy(x, at, code, codeAt, n);
  }

  @Override
  public boolean fires(float code, int place) {
    // Scaling by a power of two is exact, and so is the whole number before the point.
    return ((int) Math.scalb(code, place + 1) & 1) == 1;
  }
}
