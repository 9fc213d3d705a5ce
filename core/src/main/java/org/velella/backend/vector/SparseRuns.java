package org.velella.backend.vector;

import jdk.incubator.vector.FloatVector;

/**
 * Rows whose targets follow each other, so that a vector of synapses meets a vector of sums: all to
 * all, with or without oneself, and what is connected block by block. A run is the synapses of one
 * source to targets without a gap.
 */
final class SparseRuns {
  /** Shorter runs on average gain nothing over one synapse after the other. */
  private static final int SHORTEST = Lanes.COUNT;

  private final float[] weights;

  /** Where the runs of each source begin, and the end of the last. */
  private final int[] offsets;

  /** Where each run begins among the synapses, and the end of the last. */
  private final int[] begins;

  /** The first target of each run, from the range's first. */
  private final char[] targets;

  private SparseRuns(SparseRows rows, int count) {
    weights = rows.weights;
    offsets = new int[rows.offsets.length];
    begins = new int[count + 1];
    targets = new char[count];
    int run = 0;
    for (int row = 0; row < offsets.length - 1; row++) {
      for (int e = rows.offsets[row]; e < rows.offsets[row + 1]; e++) {
        if (begins(rows, row, e)) {
          begins[run] = e;
          targets[run++] = rows.targets[e];
        }
      }
      offsets[row + 1] = run;
    }
    begins[count] = rows.targets.length;
  }

  private static boolean begins(SparseRows rows, int row, int e) {
    return e == rows.offsets[row] || rows.targets[e] != rows.targets[e - 1] + 1;
  }

  /** The runs of rows with weights, or null if they are short. */
  static SparseRuns of(SparseRows rows) {
    int count = 0;
    for (int row = 0; row < rows.offsets.length - 1; row++) {
      for (int e = rows.offsets[row]; e < rows.offsets[row + 1]; e++) {
        count += begins(rows, row, e) ? 1 : 0;
      }
    }
    boolean longOnes = count > 0 && rows.targets.length / count >= SHORTEST;
    return longOnes ? new SparseRuns(rows, count) : null;
  }

  /** Adds the rows of sources, in order, to the sums of the range from {@code at} on. */
  void add(int[] sources, int count, float[] sums, int at) {
    for (int i = 0; i < count; i++) {
      int end = offsets[sources[i] + 1];
      for (int run = offsets[sources[i]]; run < end; run++) {
        add(weights, begins[run], begins[run + 1], sums, at + targets[run]);
      }
    }
  }

  /** The same with each row times its source's value, {@code in[from + source]}. */
  void add(int[] sources, int count, float[] in, int from, float[] sums, int at) {
    for (int i = 0; i < count; i++) {
      float x = in[from + sources[i]];
      int end = offsets[sources[i] + 1];
      for (int run = offsets[sources[i]]; run < end; run++) {
        add(x, weights, begins[run], begins[run + 1], sums, at + targets[run]);
      }
    }
  }

  private static void add(float[] weights, int begin, int end, float[] sums, int at) {
    int whole = Lanes.FLOATS.loopBound(end - begin);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, at + i);
      sum.add(FloatVector.fromArray(Lanes.FLOATS, weights, begin + i)).intoArray(sums, at + i);
    }
    for (int i = whole; i < end - begin; i++) {
      sums[at + i] += weights[begin + i];
    }
  }

  private static void add(float x, float[] weights, int begin, int end, float[] sums, int at) {
    FloatVector factor = FloatVector.broadcast(Lanes.FLOATS, x);
    int whole = Lanes.FLOATS.loopBound(end - begin);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, at + i);
      FloatVector weight = FloatVector.fromArray(Lanes.FLOATS, weights, begin + i);
      factor.fma(weight, sum).intoArray(sums, at + i);
    }
    for (int i = whole; i < end - begin; i++) {
      sums[at + i] = Math.fma(x, weights[begin + i], sums[at + i]);
    }
  }
}
