package org.velella.backend.vector;

import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.ConvOp;

/**
 * Convolution: dense or event-driven, chosen for every frame by the number of active inputs; both
 * give the same bits. Weights are packed for either way when it is first taken.
 */
final class VectorConv implements SpikeFrameKernel {
  /** How many inputs are looked at before those found are counted; whole words of bits. */
  private static final int PART = 16 * Long.SIZE;

  /** What parts of the work take, in vector operations. */
  private static final double PER_PRODUCT = 1.5;

  private static final double PER_INPUT = 2;
  private static final double PER_CYCLE = 2;

  private final ConvOp op;
  private final int inSize;
  private final int outSize;
  private final int words;
  private final long[] active;
  private final EventConv events;
  private final DenseConv dense;

  /** The most active inputs that are events, if they are spikes and if they are graded. */
  private final double mostSpikes;

  private final double mostGraded;
  private float[] expanded = new float[0];
  private final CallTimer timer;
  private final KernelPace pace;
  private final KernelPace eventPace;
  private final PlainLayer plain;

  VectorConv(ConvOp op, Watches watches) {
    this.op = op;
    timer = watches.timer();
    pace = watches.pace(KernelForm.DENSE_CONV);
    eventPace = watches.pace(KernelForm.EVENT_CONV);
    plain = watches.plain(op);
    inSize = op.inChannels() * op.inH() * op.inW();
    outSize = op.outChannels() * op.outH() * op.outW();
    words = SpikeFrameKernel.words(inSize);
    active = new long[words];
    events = new EventConv(op);
    dense = new DenseConv(op);
    double spare = 1.2 * dense.work() + 0.3 * inSize - events.workPerFrame();
    mostSpikes = Math.max(0, spare / events.workPerInput(true));
    mostGraded = Math.max(0, spare / events.workPerInput(false));
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    for (int frame = 0; frame < frames; frame++) {
      int from = inOffset + frame * inSize;
      int to = outOffset + frame * outSize;
      boolean graded = false;
      long found = 0;
      // A dense frame shows in its first part.
      for (int part = 0;
          part < inSize && found <= (graded ? mostGraded : mostSpikes);
          part += PART) {
        int word = part / Long.SIZE;
        graded |= SpikeBits.ofActive(in, from + part, Math.min(PART, inSize - part), active, word);
        found += SpikeBits.count(active, word, Math.min(PART / Long.SIZE, words - word));
      }
      if (found > (graded ? mostGraded : mostSpikes)) {
        dense(in, from, out, to);
      } else if (found == 0) {
        events.silence(out, to);
      } else if (eventPace.slow()) {
        plain.run(1, in, from, out, to);
      } else if (graded) {
        long begun = timer.begin();
        events.graded(active, 0, in, from, out, to);
        end(begun, found, false);
      } else {
        spikes(active, 0, found, out, to);
      }
    }
  }

  @Override
  public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
    for (int frame = 0; frame < frames; frame++) {
      int from = wordOffset + frame * words;
      int to = outOffset + frame * outSize;
      long found = SpikeBits.count(spikes, from, words);
      if (found == 0) {
        events.silence(out, to);
      } else if (found > mostSpikes) {
        if (expanded.length == 0) {
          expanded = new float[inSize];
        }
        SpikeBits.expand(spikes, from, inSize, expanded, 0);
        dense(expanded, 0, out, to);
      } else {
        spikes(spikes, from, found, out, to);
      }
    }
  }

  private void dense(float[] in, int from, float[] out, int to) {
    if (pace.slow()) {
      plain.run(1, in, from, out, to);
      return;
    }
    long begun = timer.begin();
    dense.run(in, from, out, to);
    double operations = PER_PRODUCT * dense.work() + PER_INPUT * inSize + outSize;
    timer.end(begun, pace, operations, plain.bytesPerFrame());
  }

  private void spikes(long[] bits, int from, long found, float[] out, int to) {
    if (eventPace.slow()) {
      plain.runSpikes(1, bits, from, out, to);
      return;
    }
    long begun = timer.begin();
    events.spikes(bits, from, out, to);
    end(begun, found, true);
  }

  private void end(long begun, long found, boolean spikes) {
    double cycles = events.workPerFrame() + found * events.workPerInput(spikes);
    timer.end(begun, eventPace, PER_CYCLE * cycles + words, plain.bytesPerFrame());
  }
}
