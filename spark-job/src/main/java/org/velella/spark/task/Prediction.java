package org.velella.spark.task;

/** The output neuron that a sample's spikes speak for. */
final class Prediction {
  private Prediction() {}

  /** The place of the largest of {@code counts[from, to)}, the first of equals; -1 if all are 0. */
  static int of(int[] counts, int from, int to) {
    int best = -1;
    int most = 0;
    for (int i = from; i < to; i++) {
      if (counts[i] > most) {
        most = counts[i];
        best = i - from;
      }
    }
    return best;
  }
}
