package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.SparseOp;

/**
 * Sparse projections: adds the rows of the active sources, in ascending order, one synapse after
 * the other: the JIT unrolls that loop better than four sums at a time written out.
 */
final class VectorSparse implements SpikeFrameKernel {
  private final int sources;
  private final int targets;
  private final SparseRows[] ranges;
  private final int[] active;
  private final long[] bits;

  VectorSparse(SparseOp op) {
    sources = op.connectivity().sources();
    targets = op.connectivity().targets();
    boolean none = op.weight().length == 0;
    ranges = none ? new SparseRows[0] : SparseRows.cut(op.connectivity(), op.weight());
    active = new int[sources];
    bits = new long[SpikeFrameKernel.words(sources)];
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    for (int frame = 0; frame < frames; frame++) {
      int from = inOffset + frame * sources;
      int to = outOffset + frame * targets;
      if (ranges.length == 0) {
        Arrays.fill(out, to, to + targets, 0.0f);
        continue;
      }
      boolean graded = SpikeBits.ofActive(in, from, sources, bits, 0);
      int count = SpikeBits.list(bits, 0, 0, sources, active, 0);
      Arrays.fill(out, to, to + targets, 0.0f);
      for (SparseRows range : ranges) {
        if (graded) {
          addGraded(range, count, in, from, out, to + range.first);
        } else {
          addSpikes(range, count, out, to + range.first);
        }
      }
      finish(out, to);
    }
  }

  @Override
  public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
    int words = SpikeFrameKernel.words(sources);
    for (int frame = 0; frame < frames; frame++) {
      int to = outOffset + frame * targets;
      int count = SpikeBits.list(spikes, wordOffset + frame * words, 0, sources, active, 0);
      Arrays.fill(out, to, to + targets, 0.0f);
      for (SparseRows range : ranges) {
        addSpikes(range, count, out, to + range.first);
      }
      finish(out, to);
    }
  }

  /** A term of weight times 1 is the weight, so it is added without a product. */
  private void addSpikes(SparseRows range, int count, float[] sums, int at) {
    for (int i = 0; i < count; i++) {
      int row = active[i];
      addRow(range.targets, range.weights, range.offsets[row], range.offsets[row + 1], sums, at);
    }
  }

  private static void addRow(
      char[] targets, float[] weights, int begin, int end, float[] sums, int at) {
    for (int e = begin; e < end; e++) {
      sums[at + targets[e]] += weights[e];
    }
  }

  private void addGraded(SparseRows range, int count, float[] in, int from, float[] sums, int at) {
    for (int i = 0; i < count; i++) {
      int row = active[i];
      float x = in[from + row];
      int end = range.offsets[row + 1];
      for (int e = range.offsets[row]; e < end; e++) {
        int o = at + range.targets[e];
        sums[o] = Math.fma(x, range.weights[e], sums[o]);
      }
    }
  }

  private void finish(float[] out, int to) {
    for (int o = to; o < to + targets; o++) {
      out[o] += 0.0f;
    }
  }
}
