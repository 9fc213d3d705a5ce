package org.velella.backend.vector;

import org.velella.synapse.Connectivity;

/**
 * The rows of a connectivity cut into ranges of targets, each target as 16 bits from the range's
 * first, so that a synapse takes less of the memory's bandwidth. (Shorter ranges, whose sums would
 * stay in the first-level cache, were measured to be slower.)
 */
final class SparseRows {
  /** What 16 bits can tell apart. */
  private static final int MOST_TARGETS = 1 << 16;

  /** The targets of one range. */
  final int first;

  final int count;

  /** Where the row of each source begins in {@link #targets}, and the end of the last. */
  final int[] offsets;

  final char[] targets;

  /** One per synapse, or null. */
  final float[] weights;

  private SparseRows(Connectivity synapses, float[] weights, int first, int count) {
    this.first = first;
    this.count = count;
    int sources = synapses.sources();
    int[] columns = synapses.columns();
    offsets = new int[sources + 1];
    int[] begins = new int[sources];
    for (int k = 0; k < sources; k++) {
      int begin = synapses.offsets()[k];
      int end = synapses.offsets()[k + 1];
      int from = find(columns, begin, end, first);
      begins[k] = from;
      offsets[k + 1] = offsets[k] + find(columns, from, end, first + count) - from;
    }
    targets = new char[offsets[sources]];
    this.weights = weights == null ? null : new float[targets.length];
    for (int k = 0; k < sources; k++) {
      int length = offsets[k + 1] - offsets[k];
      for (int i = 0; i < length; i++) {
        targets[offsets[k] + i] = (char) (columns[begins[k] + i] - first);
      }
      if (weights != null) {
        System.arraycopy(weights, begins[k], this.weights, offsets[k], length);
      }
    }
  }

  /** The first place in a row whose target is at least {@code target}. */
  private static int find(int[] columns, int begin, int end, int target) {
    int at = java.util.Arrays.binarySearch(columns, begin, end, target);
    return at < 0 ? -at - 1 : at;
  }

  /**
   * Rows cut into as few ranges as 16 bits allow.
   *
   * @param weights in the order of the connectivity, or null
   */
  static SparseRows[] cut(Connectivity synapses, float[] weights) {
    int targets = synapses.targets();
    SparseRows[] ranges = new SparseRows[(targets + MOST_TARGETS - 1) / MOST_TARGETS];
    for (int r = 0; r < ranges.length; r++) {
      int first = r * MOST_TARGETS;
      ranges[r] = new SparseRows(synapses, weights, first, Math.min(MOST_TARGETS, targets - first));
    }
    return ranges;
  }
}
