package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.backend.Caches;
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

  /** What parts of the work take, in vector operations. */
  private static final double PER_PRODUCT = 1.5;

  private static final double PER_INPUT = 1;
  private static final double PER_ROW = 30;
  private static final double PER_VECTOR = 4;
  private static final double PER_EVENT = 6;
  private static final double PER_TERM = 1.5;

  private final LinearOp op;
  private final float[] bias;
  private DenseLinear dense;
  private EventLinear events;
  private float[] expanded = new float[0];
  private long[] active = new long[0];
  private final CallTimer timer;
  private final KernelPace pace;
  private final KernelPace eventPace;
  private final PlainLayer plain;

  /** Bytes of weights that no cache keeps from one call to the next. */
  private final double uncached;

  private final int blockRows;

  VectorLinear(LinearOp op, Watches watches) {
    this.op = op;
    timer = watches.timer();
    pace = watches.pace(KernelForm.DENSE_LINEAR);
    eventPace = watches.pace(KernelForm.EVENT_LINEAR);
    plain = watches.plain(op);
    double bytes = (double) op.inputs() * op.outputs() * Float.BYTES;
    blockRows = DenseLinear.blockRows(op.inputs(), op.outputs());
    uncached = bytes > Caches.here().level2() / 2 ? bytes : 0;
    int padded = Math.max(DenseLinear.paddedOutputs(op.outputs()), Lanes.roundUp(op.outputs()));
    bias = op.bias() == null ? new float[padded] : Arrays.copyOf(op.bias(), padded);
  }

  /** What spikes were expanded into so far; it stays for as long as this kernel. */
  long expandedBytes() {
    return (long) expanded.length * Float.BYTES;
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
    long begun = timer.begin();
    for (int row = 0; row < rows; row++) {
      int from = inOffset + row * op.inputs();
      odd |= SpikeBits.ofActive(in, from, op.inputs(), active, row * perRow);
      found += SpikeBits.count(active, row * perRow, perRow);
      if (isDense(rows, found)) {
        dense(begun, frames, in, inOffset, out, outOffset);
        return;
      }
    }
    if (eventPace.slow()) {
      plain.run(frames, in, inOffset, out, outOffset);
      return;
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
    end(begun, frames, found);
  }

  /** Dense, or by the plain kernel where that has proved slow. */
  private void dense(long begun, int frames, float[] in, int inOffset, float[] out, int outOffset) {
    if (pace.slow()) {
      plain.run(frames, in, inOffset, out, outOffset);
      return;
    }
    int rows = frames * op.rows();
    DenseLinear kernel = dense();
    kernel.run(rows, in, inOffset, out, outOffset);
    double blocks = 1 + rows / blockRows;
    double operations = PER_PRODUCT * kernel.work(rows) + PER_INPUT * rows * op.inputs();
    timer.end(begun, pace, operations, blocks * uncached + frames * plain.bytesPerFrame());
  }

  private void end(long begun, int frames, long found) {
    double rows = (double) frames * op.rows();
    double vectors = Lanes.vectors(op.outputs());
    double operations =
        rows * (PER_ROW + vectors * PER_VECTOR + PER_INPUT * op.inputs())
            + found * (PER_EVENT + vectors * PER_TERM);
    double bytes = uncached == 0 ? 0 : (double) found * op.outputs() * Float.BYTES;
    timer.end(begun, eventPace, operations, bytes + frames * plain.bytesPerFrame());
  }

  @Override
  public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
    int perFrame = SpikeFrameKernel.words(op.rows() * op.inputs());
    int rows = frames * op.rows();
    long found = SpikeBits.count(spikes, wordOffset, frames * perFrame);
    if (isDense(rows, found)) {
      runExpanded(frames, perFrame, spikes, wordOffset, out, outOffset);
      return;
    }
    if (eventPace.slow()) {
      plain.runSpikes(frames, spikes, wordOffset, out, outOffset);
      return;
    }
    long begun = timer.begin();
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
    end(begun, frames, found);
  }

  private void runExpanded(
      int frames, int perFrame, long[] spikes, int wordOffset, float[] out, int outOffset) {
    int size = op.rows() * op.inputs();
    int atOnce = Math.min(frames, Math.max(1, blockRows / op.rows()));
    if (expanded.length < (long) atOnce * size) {
      expanded = new float[Math.multiplyExact(atOnce, size)];
    }
    for (int frame = 0; frame < frames; frame += atOnce) {
      int count = Math.min(atOnce, frames - frame);
      for (int f = 0; f < count; f++) {
        int from = wordOffset + (frame + f) * perFrame;
        SpikeBits.expand(spikes, from, size, expanded, f * size);
      }
      int to = outOffset + frame * op.rows() * op.outputs();
      dense(timer.begin(), count, expanded, 0, out, to);
    }
  }
}
