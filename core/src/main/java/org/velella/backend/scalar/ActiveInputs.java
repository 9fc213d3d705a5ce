package org.velella.backend.scalar;

/**
 * The accumulation that linear and convolution share: {@code sums[o] = fma(x[k], w[k, o], sums[o])}
 * for k ascending, one fused multiply-add per term.
 *
 * <p>Only inputs other than zero are collected. Leaving the others out is exact, because weights
 * are finite: a term of ±0 changes a sum at most from −0 to +0, and the {@code + 0.0f} that ends
 * every accumulation gives +0 for both. A NaN or infinity is no zero, so it meets every weight, and
 * infinity times 0 gives the NaN that the full sum has.
 */
final class ActiveInputs {
  private final int[] rows;
  private final float[] values;
  private int count;

  /** Room for up to {@code capacity} inputs. */
  ActiveInputs(int capacity) {
    rows = new int[capacity];
    values = new float[capacity];
  }

  /** Collects those of {@code x[from], ..., x[from + n - 1]} that are not zero. */
  void collect(float[] x, int from, int n) {
    int found = 0;
    for (int k = 0; k < n; k++) {
      float value = x[from + k];
      // Always stored, kept only if active: no branch that a random raster would mispredict.
      rows[found] = k;
      values[found] = value;
      found += value != 0 ? 1 : 0;
    }
    count = found;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /**
   * Adds the weight rows of the collected inputs, in ascending order.
   *
   * @param weights row k begins at {@code base + k * width}
   * @param sums {@code width} accumulators from {@code at}
   */
  void addTo(float[] sums, int at, int width, float[] weights, int base) {
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      addFour(sums, at, width, weights, base, i);
    }
    for (; i < count; i++) {
      float x = values[i];
      int row = base + rows[i] * width;
      for (int o = 0; o < width; o++) {
        sums[at + o] = Math.fma(x, weights[row + o], sums[at + o]);
      }
    }
  }

  /** Four terms of every sum, one after the other, with one load and one store of the sum. */
  private void addFour(float[] sums, int at, int width, float[] weights, int base, int i) {
    float x0 = values[i];
    float x1 = values[i + 1];
    float x2 = values[i + 2];
    float x3 = values[i + 3];
    int row0 = base + rows[i] * width;
    int row1 = base + rows[i + 1] * width;
    int row2 = base + rows[i + 2] * width;
    int row3 = base + rows[i + 3] * width;
    for (int o = 0; o < width; o++) {
      float sum = Math.fma(x0, weights[row0 + o], sums[at + o]);
      sum = Math.fma(x1, weights[row1 + o], sum);
      sum = Math.fma(x2, weights[row2 + o], sum);
      sums[at + o] = Math.fma(x3, weights[row3 + o], sum);
    }
  }
}
