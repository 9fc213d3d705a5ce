package org.velella.backend.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.velella.backend.FrameKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.EqualWeightOp;

/**
 * Projections of equal weight: counts spikes by {@link TargetBitmaps} where many pairs are
 * connected, else synapse by synapse. Inputs other than 0 and 1 are counted by the scalar kernel.
 */
final class VectorEqualWeight implements SpikeFrameKernel, CountedKernel {
  /** From this density on, bits of all pairs are faster than a list of the connected ones. */
  private static final double DENSE = 0.01;

  private static final long MOST_WORDS = 1L << 27;

  /** What parts of the work take, in vector operations; rows come from memory. */
  private static final double PER_SOURCE = 1;

  private static final double PER_TARGET = 2;
  private static final double PER_TILE = 20;
  private static final double PER_ROW = 100;
  private static final double PER_SYNAPSE = 5;

  private final int sources;
  private final int targets;
  private final float weight;
  private final FrameKernel scalar;
  private final TargetBitmaps bitmaps;
  private final SparseRows[] ranges;
  private final int[] counts;
  private final int[] offsets;
  private final int[] active;
  private final long[] bits;
  private double operations;

  VectorEqualWeight(EqualWeightOp op) {
    sources = op.connectivity().sources();
    offsets = op.connectivity().offsets();
    targets = op.connectivity().targets();
    weight = op.weight();
    scalar = new ScalarKernels().stateless(op);
    boolean dense =
        op.connectivity().density() >= DENSE
            && TargetBitmaps.words(op.connectivity()) <= MOST_WORDS;
    bitmaps = dense ? new TargetBitmaps(op.connectivity()) : null;
    ranges = dense ? null : SparseRows.cut(op.connectivity(), null);
    counts = new int[dense ? 0 : Lanes.roundUp(targets)];
    active = new int[sources];
    bits = new long[SpikeFrameKernel.words(sources)];
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    operations = PER_SOURCE * frames * sources;
    for (int frame = 0; frame < frames; frame++) {
      int from = inOffset + frame * sources;
      int to = outOffset + frame * targets;
      if (SpikeBits.ofActive(in, from, sources, bits, 0)) {
        operations += PER_SYNAPSE * offsets[sources] + PER_TARGET * targets;
        scalar.run(1, in, from, out, to);
      } else {
        count(bits, 0, out, to);
      }
    }
  }

  @Override
  public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
    operations = PER_SOURCE * frames * sources;
    int words = SpikeFrameKernel.words(sources);
    for (int frame = 0; frame < frames; frame++) {
      count(spikes, wordOffset + frame * words, out, outOffset + frame * targets);
    }
  }

  @Override
  public double operations() {
    return operations;
  }

  /** What counting the first listed sources takes. */
  private double work(int found) {
    if (bitmaps != null) {
      return PER_TARGET * targets + PER_TILE * bitmaps.tiles() * (found + 1.0);
    }
    long synapses = 0;
    for (int i = 0; i < found; i++) {
      synapses += offsets[active[i] + 1] - offsets[active[i]];
    }
    return PER_TARGET * targets + PER_ROW * found + PER_SYNAPSE * synapses;
  }

  private void count(long[] spikes, int wordOffset, float[] out, int to) {
    int found = SpikeBits.list(spikes, wordOffset, 0, sources, active, 0);
    operations += work(found);
    if (bitmaps != null) {
      bitmaps.weigh(active, found, weight, out, to);
      return;
    }
    Arrays.fill(counts, 0);
    for (SparseRows range : ranges) {
      for (int i = 0; i < found; i++) {
        int row = active[i];
        countRow(range.targets, range.offsets[row], range.offsets[row + 1], counts, range.first);
      }
    }
    write(out, to);
  }

  private static void countRow(char[] targets, int begin, int end, int[] counts, int at) {
    for (int e = begin; e < end; e++) {
      counts[at + targets[e]]++;
    }
  }

  private void write(float[] out, int to) {
    FloatVector factor = FloatVector.broadcast(Lanes.FLOATS, weight);
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    int o = 0;
    for (; o < Lanes.FLOATS.loopBound(targets); o += Lanes.COUNT) {
      IntVector count = IntVector.fromArray(Lanes.INTS, counts, o);
      FloatVector number = (FloatVector) count.convert(VectorOperators.I2F, 0);
      factor.mul(number).add(zero).intoArray(out, to + o);
    }
    for (; o < targets; o++) {
      out[to + o] = weight * counts[o] + 0.0f;
    }
  }
}
