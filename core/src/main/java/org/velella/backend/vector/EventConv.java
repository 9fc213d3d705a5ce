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

  /** For turning round a block. */
  private final float[] turned = new float[BLOCK * BLOCK];

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

  private void finish(int channel, int channels, float[] out, int outOffset) {
    int plane = outOffset + channel * positions;
    for (int block = 0; block * BLOCK < positions; block++) {
      int first = block * BLOCK;
      int count = Math.min(BLOCK, positions - first);
      boolean reached = (events.touched[block >> 6] >>> block & 1) != 0;
      if (!reached && count == BLOCK) {
        ScatterTiles.spread(silent, channel, channels, out, plane + first, positions);
      } else {
        finish(first, count, channel, channels, out, plane + first);
      }
    }
  }

  private void finish(int first, int count, int channel, int channels, float[] out, int to) {
    int at = first * BLOCK;
    int round = count == BLOCK && TurnTiles.fit() ? channels & -8 : 0;
    for (int o = round; o < channels; o++) {
      float end = bias[channel + o];
      for (int p = 0; p < count; p++) {
        out[to + o * positions + p] = sums[at + p * BLOCK + o] + end + 0.0f;
      }
    }
    if (round > 0) {
      TurnTiles.finish(sums, at, BLOCK, bias, channel, round, turned, out, to, positions);
    }
    Arrays.fill(sums, at, at + count * BLOCK, 0.0f);
  }
}
