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

  VectorConv(ConvOp op) {
    this.op = op;
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
        dense.run(in, from, out, to);
      } else if (found == 0) {
        events.silence(out, to);
      } else if (graded) {
        events.graded(active, 0, in, from, out, to);
      } else {
        events.spikes(active, 0, out, to);
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
        dense.run(expanded, 0, out, to);
      } else {
        events.spikes(spikes, from, out, to);
      }
    }
  }
}
