package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.plan.ConvOp;

/**
 * An event-driven convolution: the active inputs, in raster order, add their weights to the outputs
 * whose window holds them. That is the order of the definition, see the scalar convolution.
 *
 * <p>Output channels are taken a vector at a time, so that the sums and weights in use stay in the
 * L1 cache. Sums lie channels last and are zero between blocks of channels; only positions that
 * were reached are turned round.
 */
final class EventConv {
  private static final int BLOCK = Lanes.COUNT;

  private final ConvOp op;
  private final int positions;
  private final int inputsPerGroup;
  private final int outputsPerGroup;
  private final int blocksPerGroup;
  private final RasterEvents events;

  /** {@code [group, block of channels, kernel row, kernel column, input channel, BLOCK]}. */
  private final float[] weights;

  private final float[] bias;

  /** What an output gives that no input reaches. */
  private final float[] silent;

  /** {@code [position, BLOCK]} of one block of channels. */
  private final float[] sums;

  EventConv(ConvOp op) {
    this.op = op;
    positions = op.outH() * op.outW();
    inputsPerGroup = op.inChannels() / op.groups();
    outputsPerGroup = op.outChannels() / op.groups();
    blocksPerGroup = Lanes.vectors(outputsPerGroup);
    events = new RasterEvents(Windowing.of(op), op.groups());
    weights = weights();
    bias = op.bias() == null ? new float[op.outChannels()] : op.bias();
    silent = new float[bias.length];
    for (int o = 0; o < silent.length; o++) {
      silent[o] = 0.0f + bias[o] + 0.0f;
    }
    sums = new float[Math.multiplyExact(Lanes.roundUp(positions), BLOCK)];
  }

  private float[] weights() {
    int places = op.kernelH() * op.kernelW();
    int block = places * inputsPerGroup * BLOCK;
    float[] to = new float[Math.multiplyExact(op.groups() * blocksPerGroup, block)];
    for (int o = 0; o < op.outChannels(); o++) {
      int inGroup = o % outputsPerGroup;
      int at = (o / outputsPerGroup * blocksPerGroup + inGroup / BLOCK) * block + inGroup % BLOCK;
      for (int c = 0; c < inputsPerGroup; c++) {
        for (int place = 0; place < places; place++) {
          to[at + (place * inputsPerGroup + c) * BLOCK] =
              op.weight()[(o * inputsPerGroup + c) * places + place];
        }
      }
    }
    return to;
  }

  /** About how many cycles one active input takes. */
  double workPerInput() {
    return 60 + events.reached() * 6 * blocksPerGroup;
  }

  /** About how many cycles it takes to turn the outputs round. */
  double workPerFrame() {
    return (double) positions * op.outChannels();
  }

  /** A frame without active inputs. */
  void silence(float[] out, int outOffset) {
    for (int o = 0; o < silent.length; o++) {
      int at = outOffset + o * positions;
      Arrays.fill(out, at, at + positions, silent[o]);
    }
  }

  /** Computes a frame of spikes from its bits. */
  void spikes(long[] words, int wordOffset, float[] out, int outOffset) {
    graded(words, wordOffset, null, 0, out, outOffset);
  }

  /**
   * Computes a frame of graded inputs.
   *
   * @param words says which are not zero
   * @param in their values; null if they are all 1
   */
  void graded(long[] words, int wordOffset, float[] in, int inOffset, float[] out, int outOffset) {
    events.list(words, wordOffset, in, inOffset);
    int size = op.kernelH() * op.kernelW() * inputsPerGroup * BLOCK;
    for (int group = 0; group < op.groups(); group++) {
      int from = events.from(group);
      int end = events.end(group);
      for (int block = 0; block < blocksPerGroup; block++) {
        int w = (group * blocksPerGroup + block) * size;
        if (in == null) {
          ScatterTiles.spikes(from, end, events.entries, sums, weights, w);
        } else {
          ScatterTiles.graded(from, end, events.entries, events.values, sums, weights, w);
        }
        int channels = Math.min(BLOCK, outputsPerGroup - block * BLOCK);
        finish(group * outputsPerGroup + block * BLOCK, channels, out, outOffset);
      }
    }
  }

  /** Writes one block of channels, in runs of vectors of positions that were reached or not. */
  private void finish(int channel, int channels, float[] out, int outOffset) {
    int plane = outOffset + channel * positions;
    int full = positions / BLOCK;
    int block = 0;
    while (block < full) {
      int first = block;
      if (reached(block)) {
        while (++block < full && reached(block)) {}
        finish(first, block - first, channel, channels, out, plane + first * BLOCK);
      } else {
        block++;
        ScatterTiles.spread(silent, channel, channels, out, plane + first * BLOCK, positions);
      }
    }
    int rest = full * BLOCK;
    if (rest < positions) {
      finishSingly(rest, positions - rest, channel, 0, channels, out, plane + rest);
      Arrays.fill(sums, rest * BLOCK, positions * BLOCK, 0.0f);
    }
  }

  private boolean reached(int block) {
    return (events.touched[block >> 6] >>> block & 1) != 0;
  }

  private void finish(int first, int blocks, int channel, int channels, float[] out, int to) {
    int at = first * BLOCK * BLOCK;
    int count = blocks * BLOCK;
    int round = TurnTiles.fit() ? channels & -8 : 0;
    if (round < channels) {
      finishSingly(first * BLOCK, count, channel, round, channels, out, to);
    }
    if (round > 0) {
      TurnTiles.finish(sums, at, blocks, bias, channel, round, out, to, positions);
    } else {
      Arrays.fill(sums, at, at + count * BLOCK, 0.0f);
    }
  }

  private void finishSingly(
      int first, int count, int channel, int from, int channels, float[] out, int to) {
    for (int o = from; o < channels; o++) {
      float end = bias[channel + o];
      for (int p = 0; p < count; p++) {
        out[to + o * positions + p] = sums[(first + p) * BLOCK + o] + end + 0.0f;
      }
    }
  }
}
