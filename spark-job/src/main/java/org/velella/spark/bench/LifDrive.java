package org.velella.spark.bench;

/**
 * Inputs that make LIF neurons (tau 2, hard reset to 0, threshold 1) fire at a rate, and their
 * spikes, computed plainly.
 */
final class LifDrive {
  private static final int NEURONS = 1000;
  private static final int STEPS = 64;
  private static final int HALVINGS = 20;

  private LifDrive() {}

  /** The factor on uniform numbers with which about this share of neurons fires in a step. */
  static float scale(double rate) {
    if (rate == 0) {
      // The potential is a mean of inputs, so it never reaches 1 if they do not.
      return 0.999f;
    }
    double low = 1;
    double high = 16;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      float[] input = Hash.floats(NEURONS * STEPS, 1, (float) middle, 0);
      if (spikes(input, STEPS) < rate * input.length) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (float) high;
  }

  /** The spikes of neurons with inputs {@code [T, F]}. */
  static long spikes(float[] input, int steps) {
    int neurons = input.length / steps;
    long count = 0;
    float[] v = new float[neurons];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < neurons; i++) {
        float h = v[i] + (input[t * neurons + i] - v[i]) / 2;
        boolean fires = h >= 1;
        count += fires ? 1 : 0;
        v[i] = fires ? 0 : h;
      }
    }
    return count;
  }
}
