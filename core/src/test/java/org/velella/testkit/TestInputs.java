package org.velella.testkit;

import java.util.SplittableRandom;

/** Inputs of every density and sort. */
public final class TestInputs {
  private static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0.0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    0x1p-130f,
    Float.MAX_VALUE,
    1.0f
  };

  private TestInputs() {}

  /**
   * Zeros, spikes or real numbers at a random density, some of them exactly at common thresholds.
   *
   * @param special whether infinities, NaNs, subnormals and huge numbers are among them
   */
  public static float[] sequence(SplittableRandom random, int length, boolean special) {
    double density = new double[] {0, 0.02, 0.3, 1}[random.nextInt(4)];
    boolean spikes = random.nextBoolean();
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      if (random.nextDouble() < density) {
        values[i] = spikes ? 1f : (float) (random.nextDouble() * 4 - 1);
      }
      if (special && random.nextInt(20) == 0) {
        values[i] = SPECIAL[random.nextInt(SPECIAL.length)];
      } else if (random.nextInt(50) == 0) {
        values[i] = random.nextBoolean() ? 1f : 0.5f;
      }
    }
    return values;
  }

  /** Spikes in a third of the places. */
  public static float[] spikes(SplittableRandom random, int length) {
    float[] spikes = new float[length];
    for (int i = 0; i < length; i++) {
      spikes[i] = random.nextInt(3) == 0 ? 1 : 0;
    }
    return spikes;
  }

  private static final float[] BOUNDS = {
    0f, -0.0f, 1f, -1f, 0.5f, Float.MIN_VALUE, -Float.MIN_VALUE, 0x1p-127f, Float.MIN_NORMAL, 1e30f
  };

  /** Finite bounds, zeros of both signs and subnormals among them. */
  public static double[] bounds(SplittableRandom random, int length) {
    double[] bounds = new double[length];
    for (int i = 0; i < length; i++) {
      bounds[i] = BOUNDS[random.nextInt(BOUNDS.length)];
    }
    return bounds;
  }

  /** Numbers at those bounds, one place beside them, and special ones. */
  public static float[] around(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      float bound = BOUNDS[random.nextInt(BOUNDS.length)];
      values[i] =
          switch (random.nextInt(5)) {
            case 0 -> Math.nextUp(bound);
            case 1 -> Math.nextDown(bound);
            case 2 -> SPECIAL[random.nextInt(SPECIAL.length)];
            default -> bound;
          };
    }
    return values;
  }
}
