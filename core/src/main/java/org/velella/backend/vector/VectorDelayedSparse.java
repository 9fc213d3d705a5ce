package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.backend.DelayedKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.DelayedSparseOp;
import org.velella.tensor.Tensor;

/**
 * Projections with delays: what is pending lies in a ring of one row more than the longest delay,
 * so that nothing moves, and only the synapses of active sources are visited. A synapse is one
 * number: how far behind the first place of the current row its target's place is.
 */
final class VectorDelayedSparse implements DelayedKernel {
  /** What parts of the work take, in vector operations; pending sums may lie beyond the caches. */
  private static final double PER_TARGET = 2;

  private static final double PER_ROW = 100;
  private static final double PER_SYNAPSE = 10;

  private final DelayedSparseOp op;
  private final int batch;
  private final int sources;
  private final int targets;
  private final int ring;
  private final int[] offsets;
  private final int[] places;
  private final float[] weights;
  private final int[] active;
  private final long[] bits;
  private final float[][] rows;
  private double operations;

  /** Where the current row begins in every sample's ring. */
  private int head;

  VectorDelayedSparse(DelayedSparseOp op, int batch) {
    this.op = op;
    this.batch = batch;
    sources = op.connectivity().sources();
    targets = op.connectivity().targets();
    ring = (op.longest() + 1) * targets;
    offsets = op.connectivity().offsets();
    weights = op.weight();
    places = new int[weights.length];
    for (int e = 0; e < places.length; e++) {
      places[e] = op.steps()[e] * targets + op.connectivity().columns()[e];
    }
    active = new int[sources];
    bits = new long[SpikeFrameKernel.words(sources)];
    rows = new float[batch][ring];
  }

  @Override
  public void load(Tensor[] tile) {
    float[] pending = tile[op.memory()].floats();
    int kept = ring - targets;
    head = 0;
    for (int n = 0; n < batch; n++) {
      System.arraycopy(pending, n * kept, rows[n], 0, kept);
      Arrays.fill(rows[n], kept, ring, 0.0f);
    }
  }

  @Override
  public void store(Tensor[] tile) {
    float[] pending = tile[op.memory()].floats();
    int kept = ring - targets;
    int first = Math.min(kept, ring - head);
    for (int n = 0; n < batch; n++) {
      System.arraycopy(rows[n], head, pending, n * kept, first);
      System.arraycopy(rows[n], 0, pending, n * kept + first, kept - first);
    }
  }

  @Override
  public void run(int steps, float[] in, int from, float[] out, int to) {
    operations = (double) steps * batch * (sources + PER_TARGET * targets);
    for (int s = 0; s < steps; s++) {
      for (int n = 0; n < batch; n++) {
        int frame = s * batch + n;
        int at = from + frame * sources;
        boolean graded = SpikeBits.ofActive(in, at, sources, bits, 0);
        int count = SpikeBits.list(bits, 0, 0, sources, active, 0);
        operations += work(count);
        if (graded) {
          addGraded(count, in, at, rows[n]);
        } else {
          addSpikes(count, rows[n]);
        }
        deliver(rows[n], out, to + frame * targets);
      }
      head = head + targets == ring ? 0 : head + targets;
    }
  }

  @Override
  public boolean takesSpikes() {
    return true;
  }

  @Override
  public void runSpikes(int steps, long[] spikes, int from, float[] out, int to) {
    operations = (double) steps * batch * (sources + PER_TARGET * targets);
    int words = SpikeFrameKernel.words(sources);
    for (int s = 0; s < steps; s++) {
      for (int n = 0; n < batch; n++) {
        int frame = s * batch + n;
        int count = SpikeBits.list(spikes, from + frame * words, 0, sources, active, 0);
        operations += work(count);
        addSpikes(count, rows[n]);
        deliver(rows[n], out, to + frame * targets);
      }
      head = head + targets == ring ? 0 : head + targets;
    }
  }

  /** About how many vector operations the last run needed, loads and stores among them. */
  double operations() {
    return operations;
  }

  /** What the synapses of the first listed sources take. */
  private double work(int count) {
    long synapses = 0;
    for (int i = 0; i < count; i++) {
      synapses += offsets[active[i] + 1] - offsets[active[i]];
    }
    return PER_ROW * count + PER_SYNAPSE * synapses;
  }

  /** A term of weight times 1 is the weight, so it is added without a product. */
  private void addSpikes(int count, float[] sums) {
    for (int i = 0; i < count; i++) {
      addRow(places, weights, offsets[active[i]], offsets[active[i] + 1], sums, head, ring);
    }
  }

  private static void addRow(
      int[] places, float[] weights, int begin, int end, float[] sums, int head, int ring) {
    for (int e = begin; e < end; e++) {
      int over = head + places[e] - ring;
      sums[over + wrap(over, ring)] += weights[e];
    }
  }

  /**
   * What leads back into the ring from a place that is counted from its end, without a branch:
   * which of them wrap, nobody foresees.
   */
  private static int wrap(int over, int ring) {
    return ring & over >> 31;
  }

  private void addGraded(int count, float[] in, int from, float[] sums) {
    for (int i = 0; i < count; i++) {
      float x = in[from + active[i]];
      for (int e = offsets[active[i]]; e < offsets[active[i] + 1]; e++) {
        int over = head + places[e] - ring;
        int at = over + wrap(over, ring);
        sums[at] = Math.fma(x, weights[e], sums[at]);
      }
    }
  }

  /** The row goes out, and comes back empty as the farthest one. */
  private void deliver(float[] sums, float[] out, int to) {
    for (int o = 0; o < targets; o++) {
      out[to + o] = sums[head + o] + 0.0f;
    }
    Arrays.fill(sums, head, head + targets, 0.0f);
  }
}
