package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.LinearOp;

/**
 * Linear: dense or event-driven, chosen per call by the density that is measured; both give the
 * same bits. Weights are packed for either way when it is first taken.
 */
final class VectorLinear implements SpikeFrameKernel {
  /** Above this density of active inputs a dense product is faster. */
  private static final double DENSE_ABOVE = 0.25;

  /** So few rows do not fill a register tile of the dense product. */
  private static final int FEW_ROWS = 3;

  private final LinearOp op;
  private final float[] bias;
  private DenseLinear dense;
  private EventLinear events;
  private float[] expanded = new float[0];
  private long[] active = new long[0];

  VectorLinear(LinearOp op) {
    this.op = op;
    int padded = Math.max(DenseLinear.paddedOutputs(op.outputs()), Lanes.roundUp(op.outputs()));
    bias = op.bias() == null ? new float[padded] : Arrays.copyOf(op.bias(), padded);
  }

  private DenseLinear dense() {
    if (dense == null) {
      dense = new DenseLinear(op.inputs(), op.outputs(), op.weight(), bias);
    }
    return dense;
  }

  private EventLinear events() {
    if (events == null) {
      events = new EventLinear(op.inputs(), op.outputs(), op.weight(), bias);
    }
    return events;
  }

  private boolean isDense(int rows, long found) {
    return rows > FEW_ROWS && found > DENSE_ABOVE * rows * op.inputs();
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    int rows = frames * op.rows();
    int perRow = SpikeFrameKernel.words(op.inputs());
    if (active.length < rows * perRow) {
      active = new long[rows * perRow];
    }
    boolean odd = false;
    long found = 0;
    for (int row = 0; row < rows; row++) {
      int from = inOffset + row * op.inputs();
      odd |= SpikeBits.ofActive(in, from, op.inputs(), active, row * perRow);
      found += SpikeBits.count(active, row * perRow, perRow);
      if (isDense(rows, found)) {
        dense().run(rows, in, inOffset, out, outOffset);
        return;
      }
    }
    EventLinear list = events();
    int done = 0;
    for (int row = 0; row < rows; row++) {
      if (odd) {
        list.addGraded(active, row * perRow, in, inOffset + row * op.inputs());
      } else {
        list.addSpikes(active, row * perRow, 0);
      }
      if (list.isFull() || row + 1 == rows) {
        int count = list.rows();
        list.flush(out, outOffset + done * op.outputs());
        done += count;
      }
    }
  }

  @Override
  public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
    int perFrame = SpikeFrameKernel.words(op.rows() * op.inputs());
    int rows = frames * op.rows();
    if (isDense(rows, SpikeBits.count(spikes, wordOffset, frames * perFrame))) {
      runExpanded(frames, perFrame, spikes, wordOffset, out, outOffset);
      return;
    }
    EventLinear list = events();
    int done = 0;
    for (int row = 0; row < rows; row++) {
      int frame = row / op.rows();
      int first = (row - frame * op.rows()) * op.inputs();
      list.addSpikes(spikes, wordOffset + frame * perFrame, first);
      if (list.isFull() || row + 1 == rows) {
        int count = list.rows();
        list.flush(out, outOffset + done * op.outputs());
        done += count;
      }
    }
  }

  private void runExpanded(
      int frames, int perFrame, long[] spikes, int wordOffset, float[] out, int outOffset) {
    int size = op.rows() * op.inputs();
    int atOnce = Math.max(1, DenseLinear.BLOCK_ROWS / op.rows());
    if (expanded.length == 0) {
      expanded = new float[Math.multiplyExact(atOnce, size)];
    }
    for (int frame = 0; frame < frames; frame += atOnce) {
      int count = Math.min(atOnce, frames - frame);
      for (int f = 0; f < count; f++) {
        int from = wordOffset + (frame + f) * perFrame;
        SpikeBits.expand(spikes, from, size, expanded, f * size);
      }
      int to = outOffset + frame * op.rows() * op.outputs();
      dense().run(count * op.rows(), expanded, 0, out, to);
    }
  }
}
