package org.velella.backend;

import org.velella.plan.DelayOp;
import org.velella.tensor.Tensor;

/**
 * A delay of spikes in one tile, one for all elements of a sample: what is on its way lies as bits
 * in a ring, so that nothing moves. A memory that was given other numbers than 0 and 1 stays as it
 * is until they have passed.
 */
final class SpikeDelay {
  private static final int ONE = Float.floatToRawIntBits(1f);

  private final DelayOp op;

  /** As {@link DelayOp#ofSamples} gives them. */
  private final int[] own;

  /** Whether every sample gets what is oldest. */
  private final boolean oldest;

  private final int batch;
  private final int words;
  private final int size;
  private final long[] ring;

  /** The slot of the oldest step. */
  private int head;

  /** Whether the memory, not the ring, has what is on its way. */
  private boolean graded;

  /** Steps since the memory was given. */
  private long passed;

  private float[] numbers = new float[0];

  SpikeDelay(DelayOp op, int[] own, int batch) {
    this.op = op;
    this.own = own;
    oldest = own == null && op.of(0) == op.kept();
    this.batch = batch;
    size = op.size();
    words = SpikeFrameKernel.words(size);
    ring = new long[Math.multiplyExact(op.kept(), batch * words)];
  }

  /** Whether a delay can be kept as bits, if its input comes as bits. */
  static boolean fits(DelayOp op) {
    return op.steps().length == 1;
  }

  /** Takes over the op's memory, {@code [N, longest, size]}, oldest step first. */
  void load(Tensor[] memories) {
    float[] history = memories[op.memory()].floats();
    passed = 0;
    graded = graded(history);
    if (!graded) {
      pack(history);
    }
  }

  private static boolean graded(float[] history) {
    for (float each : history) {
      int bits = Float.floatToRawIntBits(each);
      if (bits != 0 && bits != ONE) {
        return true;
      }
    }
    return false;
  }

  private void pack(float[] history) {
    head = 0;
    for (int n = 0; n < batch; n++) {
      for (int k = 0; k < op.kept(); k++) {
        int from = (n * op.kept() + k) * size;
        SpikeBits.pack(1, size, history, from, ring, (k * batch + n) * words);
      }
    }
  }

  /** Writes the memory back. */
  void store(Tensor[] memories) {
    if (graded) {
      return;
    }
    float[] history = memories[op.memory()].floats();
    for (int n = 0; n < batch; n++) {
      for (int k = 0; k < op.kept(); k++) {
        int slot = (head + k) % op.kept();
        int to = (n * op.kept() + k) * size;
        SpikeBits.expand(1, size, ring, (slot * batch + n) * words, history, to);
      }
    }
  }

  /** Between two windows of steps: goes over to bits once all that is on its way are spikes. */
  void settle(Tensor[] memories) {
    if (graded && passed >= op.kept()) {
      graded = false;
      pack(memories[op.memory()].floats());
    }
  }

  /** Whether the output is to be read as numbers, whoever else takes bits. */
  boolean graded() {
    return graded;
  }

  /**
   * Runs some steps while the output is spikes.
   *
   * @param in the input's bits from word {@code from} on
   * @param bits takes the output as bits from word {@code bitsAt} on, unless it is null
   * @param out takes the output as numbers from {@code outAt} on, unless it is null
   */
  void run(int steps, long[] in, int from, long[] bits, int bitsAt, float[] out, int outAt) {
    int frame = batch * words;
    for (int s = 0; s < steps; s++) {
      int slot = head * frame;
      if (!oldest) {
        each(in, from + s * frame, bits, bitsAt + s * frame, out, outAt + s * batch * size);
      }
      if (oldest && bits != null) {
        System.arraycopy(ring, slot, bits, bitsAt + s * frame, frame);
      }
      if (oldest && out != null) {
        SpikeBits.expand(batch, size, ring, slot, out, outAt + s * batch * size);
      }
      System.arraycopy(in, from + s * frame, ring, slot, frame);
      head = head + 1 == op.kept() ? 0 : head + 1;
    }
  }

  /** One step's output of samples that are not all as late as can be. */
  private void each(long[] in, int from, long[] bits, int bitsAt, float[] out, int outAt) {
    for (int n = 0; n < batch; n++) {
      int late = own == null || own[n] == DelayOp.OWN ? op.of(0) : own[n];
      int slot = (head + op.kept() - late) % op.kept();
      long[] source = late == 0 ? in : ring;
      int at = late == 0 ? from + n * words : (slot * batch + n) * words;
      if (bits != null) {
        System.arraycopy(source, at, bits, bitsAt + n * words, words);
      }
      if (out != null) {
        SpikeBits.expand(1, size, source, at, out, outAt + n * size);
      }
    }
  }

  /**
   * Runs some steps while the output has other numbers as well.
   *
   * @param in the input's bits from word {@code from} on
   * @param out takes the output from {@code outAt} on
   */
  void runGraded(int steps, long[] in, int from, float[] out, int outAt, Tensor[] memories) {
    int length = steps * batch * size;
    numbers = numbers.length < length ? new float[length] : numbers;
    SpikeBits.expand(steps * batch, size, in, from, numbers, 0);
    float[] history = memories[op.memory()].floats();
    DelayLine.run(op, own, batch, steps, numbers, 0, out, outAt, history);
    passed += steps;
  }
}
