package org.velella.backend;

/** Which sources of several rows have a spike, row after row. */
final class FiringRows {
  private final int width;
  private final int[] ends;

  /** Their numbers within their row. */
  final int[] source;

  FiringRows(int rows, int width) {
    this.width = width;
    ends = new int[rows];
    source = new int[rows * width];
  }

  /** Looks at the spikes of a step, from {@code from} on. */
  void list(float[] spikes, int from) {
    int count = 0;
    for (int b = 0; b < ends.length; b++) {
      for (int k = 0; k < width; k++) {
        if (spikes[from + b * width + k] != 0) {
          source[count++] = k;
        }
      }
      ends[b] = count;
    }
  }

  /** Where those of a row begin in {@link #source}. */
  int begin(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  /** Where they end. */
  int end(int row) {
    return ends[row];
  }
}
