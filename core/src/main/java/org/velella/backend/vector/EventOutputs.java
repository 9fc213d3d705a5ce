package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.plan.ConvOp;

/**
 * Writes the outputs of an event-driven convolution from its sums, which lie channels last: a
 * vector of channels at a time, bias added, turned round to {@code [C, H, W]}. Positions that no
 * input reaches get the bias alone.
 */
final class EventOutputs {
  private static final int BLOCK = Lanes.COUNT;

  private final int positions;

  /** +0 where it is -0, so that a sum of -0 gives an output of +0. */
  private final float[] bias;

  EventOutputs(ConvOp op) {
    positions = op.outH() * op.outW();
    bias = new float[op.outChannels()];
    if (op.bias() != null) {
      for (int o = 0; o < bias.length; o++) {
        bias[o] = op.bias()[o] + 0.0f;
      }
    }
  }

  /** A frame without active inputs. */
  void silence(float[] out, int outOffset) {
    for (int o = 0; o < bias.length; o++) {
      int at = outOffset + o * positions;
      Arrays.fill(out, at, at + positions, bias[o]);
    }
  }

  /**
   * Writes one block of channels; sums stay as they are.
   *
   * @param sums {@code [position, BLOCK]} from {@code from} on, see {@link TurnTiles#place}
   * @param touched one bit per vector of positions: whether an input reaches any of them
   */
  void write(
      float[] sums,
      int from,
      long[] touched,
      int channel,
      int channels,
      float[] out,
      int outOffset) {
    int plane = outOffset + channel * positions;
    int full = positions / BLOCK;
    int block = 0;
    while (block < full) {
      int first = block;
      if (reached(touched, block)) {
        while (++block < full && reached(touched, block)) {}
        int at = from + first * BLOCK * BLOCK;
        run(sums, at, block - first, channel, channels, out, plane + first * BLOCK);
      } else {
        block++;
        ScatterTiles.spread(bias, channel, channels, out, plane + first * BLOCK, positions);
      }
    }
    int rest = full * BLOCK;
    singly(sums, from + rest * BLOCK, positions - rest, channel, 0, channels, out, plane + rest);
  }

  static boolean reached(long[] touched, int block) {
    return (touched[block >> 6] >>> block & 1) != 0;
  }

  private void run(
      float[] sums, int at, int blocks, int channel, int channels, float[] out, int to) {
    int round = TurnTiles.fit() ? channels & -Math.min(8, BLOCK) : 0;
    if (round < channels) {
      singly(sums, at, blocks * BLOCK, channel, round, channels, out, to);
    }
    if (round > 0) {
      TurnTiles.finish(sums, at, blocks, bias, channel, round, out, to, positions);
    }
  }

  private void singly(
      float[] sums, int at, int count, int channel, int from, int channels, float[] out, int to) {
    for (int o = from; o < channels; o++) {
      float end = bias[channel + o];
      for (int p = 0; p < count; p++) {
        out[to + o * positions + p] = sums[at + TurnTiles.place(p, o)] + end;
      }
    }
  }
}
