package org.velella.backend;

import java.util.Arrays;

/** How often each neuron of a tile's output has fired, and when first; {@code [N, *]}. */
public final class SpikeTotals {
  private final int[] counts;
  private final int[] first;
  private int step;

  /** Totals of so many neurons, none of which has fired. */
  public SpikeTotals(int neurons) {
    counts = new int[neurons];
    first = new int[neurons];
    Arrays.fill(first, -1);
  }

  /** Spikes so far. */
  public int[] counts() {
    return counts;
  }

  /** The step of the first spike, -1 before it. */
  public int[] first() {
    return first;
  }

  /** Says which step of the run the chunk's first step is. */
  public void begin(long firstStep) {
    step = Math.toIntExact(firstStep);
  }

  /** The number in the run of the chunk's first step. */
  public int step() {
    return step;
  }

  /** Adds one step's output, step {@code t} of the chunk: 0 or 1 for every neuron. */
  void add(int t, float[] output, int from) {
    for (int i = 0; i < counts.length; i++) {
      if (output[from + i] != 0) {
        counts[i] = Math.addExact(counts[i], 1);
        first[i] = first[i] < 0 ? step + t : first[i];
      }
    }
  }

  /**
   * Adds what each neuron has done in some steps. There is no branch, for one neuron's first spike
   * says little of the next one's.
   *
   * @param from the number in the run of the first of the steps
   * @param steps how many they are
   * @param spikes of each neuron in them, and more places perhaps
   * @param waits steps before the first spike of each; {@code steps} if there is none
   * @throws ArithmeticException if a neuron has fired more often than can be counted
   */
  public void add(int from, int steps, int[] spikes, int[] waits) {
    int overflow = 0;
    for (int i = 0; i < counts.length; i++) {
      int sum = counts[i] + spikes[i];
      overflow |= (counts[i] ^ sum) & (spikes[i] ^ sum);
      counts[i] = sum;
    }
    if (overflow < 0) {
      throw new ArithmeticException("A neuron has fired more often than can be counted");
    }
    for (int i = 0; i < first.length; i++) {
      int isFirst = first[i] >> 31 & waits[i] - steps >> 31;
      first[i] = first[i] & ~isFirst | from + waits[i] & isFirst;
    }
  }
}
