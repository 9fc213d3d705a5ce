package org.velella.backend.vector;

import java.util.Arrays;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.SparseOp;
import org.velella.synapse.Connectivity;

/**
 * Sparse projections: adds the rows of the active sources, in ascending order, one synapse after
 * the other: the JIT unrolls that loop better than four sums at a time written out. Rows without
 * gaps go a vector at a time, and so do numbers that each go to the target of their own place.
 */
final class VectorSparse implements SpikeFrameKernel, CountedKernel {
  /** What parts of the work take, in vector operations; a row's first synapses are waited for. */
  private static final double PER_SOURCE = 1;

  private static final double PER_TARGET = 1;
  private static final double PER_ROW = 100;
  private static final double PER_SYNAPSE = 5;
  private static final double PER_VECTOR_OF_RUN = 12;

  private final int sources;
  private final int targets;
  private final SparseRows[] ranges;

  /** For each range its runs, or null. */
  private final SparseRuns[] runs;

  /** The weights of synapses from each source to the target of the same number, or null. */
  private final float[] straight;

  private final int[] offsets;
  private final double perSynapse;
  private final int[] active;
  private final long[] bits;
  private double operations;

  VectorSparse(SparseOp op) {
    sources = op.connectivity().sources();
    offsets = op.connectivity().offsets();
    targets = op.connectivity().targets();
    boolean none = op.weight().length == 0;
    ranges = none ? new SparseRows[0] : SparseRows.cut(op.connectivity(), op.weight());
    runs = Arrays.stream(ranges).map(SparseRuns::of).toArray(SparseRuns[]::new);
    boolean vectors = Arrays.stream(runs).allMatch(Objects::nonNull);
    perSynapse = vectors ? PER_VECTOR_OF_RUN / Lanes.COUNT : PER_SYNAPSE;
    straight = straight(op.connectivity(), op.weight()) ? op.weight() : null;
    active = new int[sources];
    bits = new long[SpikeFrameKernel.words(sources)];
  }

  /** Whether it is one to one, with weights that leave sums of silent sources at +0. */
  private static boolean straight(Connectivity synapses, float[] weights) {
    int n = synapses.sources();
    if (synapses.targets() != n || weights.length != n) {
      return false;
    }
    for (int k = 0; k < n; k++) {
      if (synapses.offsets()[k] != k || synapses.columns()[k] != k || !Float.isFinite(weights[k])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    operations = frames * (PER_SOURCE * sources + PER_TARGET * targets);
    for (int frame = 0; frame < frames; frame++) {
      int from = inOffset + frame * sources;
      int to = outOffset + frame * targets;
      if (ranges.length == 0) {
        Arrays.fill(out, to, to + targets, 0.0f);
        continue;
      }
      if (straight != null) {
        weigh(straight, in, from, out, to);
        continue;
      }
      boolean graded = SpikeBits.ofActive(in, from, sources, bits, 0);
      int count = SpikeBits.list(bits, 0, 0, sources, active, 0);
      operations += work(count);
      Arrays.fill(out, to, to + targets, 0.0f);
      for (int r = 0; r < ranges.length; r++) {
        if (graded) {
          addGraded(r, count, in, from, out, to + ranges[r].first);
        } else {
          addSpikes(r, count, out, to + ranges[r].first);
        }
      }
      finish(out, to);
    }
  }

  @Override
  public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
    operations = frames * (PER_SOURCE * sources + PER_TARGET * targets);
    int words = SpikeFrameKernel.words(sources);
    for (int frame = 0; frame < frames; frame++) {
      int to = outOffset + frame * targets;
      int count = SpikeBits.list(spikes, wordOffset + frame * words, 0, sources, active, 0);
      operations += work(count);
      Arrays.fill(out, to, to + targets, 0.0f);
      for (int r = 0; r < ranges.length; r++) {
        addSpikes(r, count, out, to + ranges[r].first);
      }
      finish(out, to);
    }
  }

  /** A term of weight times 1 is the weight, so it is added without a product. */
  @Override
  public double operations() {
    return operations;
  }

  /** What the synapses of the first listed sources take. */
  private double work(int count) {
    long synapses = 0;
    for (int i = 0; i < count; i++) {
      synapses += offsets[active[i] + 1] - offsets[active[i]];
    }
    return PER_ROW * count + perSynapse * synapses;
  }

  private void addSpikes(int r, int count, float[] sums, int at) {
    if (runs[r] != null) {
      runs[r].add(active, count, sums, at);
      return;
    }
    SparseRows range = ranges[r];
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

  private void addGraded(int r, int count, float[] in, int from, float[] sums, int at) {
    if (runs[r] != null) {
      runs[r].add(active, count, in, from, sums, at);
      return;
    }
    SparseRows range = ranges[r];
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

  private static void weigh(float[] weights, float[] in, int from, float[] out, int to) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    int whole = Lanes.FLOATS.loopBound(weights.length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector x = FloatVector.fromArray(Lanes.FLOATS, in, from + i);
      x.fma(FloatVector.fromArray(Lanes.FLOATS, weights, i), zero).add(zero).intoArray(out, to + i);
    }
    for (int i = whole; i < weights.length; i++) {
      out[to + i] = Math.fma(in[from + i], weights[i], 0.0f) + 0.0f;
    }
  }

  private void finish(float[] out, int to) {
    for (int o = to; o < to + targets; o++) {
      out[o] += 0.0f;
    }
  }
}
