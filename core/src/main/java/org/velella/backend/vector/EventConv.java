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
  private final LineFloats weights;

  private final EventOutputs outputs;

  /** The faster form for spikes; null where it does not fit, and sums are scattered instead. */
  private final GatherConv gather;

  /** {@code [position, BLOCK]} of one block of channels. */
  private final LineFloats sums;

  EventConv(ConvOp op) {
    this.op = op;
    positions = op.outH() * op.outW();
    inputsPerGroup = op.inChannels() / op.groups();
    outputsPerGroup = op.outChannels() / op.groups();
    blocksPerGroup = Lanes.vectors(outputsPerGroup);
    events = new RasterEvents(Windowing.of(op), op.groups());
    weights = weights();
    outputs = new EventOutputs(op);
    gather = GatherConv.fits(op) ? new GatherConv(op, outputs) : null;
    sums = LineFloats.of(Math.multiplyExact(Lanes.roundUp(positions), BLOCK));
  }

  private LineFloats weights() {
    int places = op.kernelH() * op.kernelW();
    int block = places * inputsPerGroup * BLOCK;
    LineFloats to = LineFloats.of(Math.multiplyExact(op.groups() * blocksPerGroup, block));
    for (int o = 0; o < op.outChannels(); o++) {
      int inGroup = o % outputsPerGroup;
      int at =
          to.from
              + (o / outputsPerGroup * blocksPerGroup + inGroup / BLOCK) * block
              + inGroup % BLOCK;
      for (int c = 0; c < inputsPerGroup; c++) {
        for (int place = 0; place < places; place++) {
          to.array[at + (place * inputsPerGroup + c) * BLOCK] =
              op.weight()[(o * inputsPerGroup + c) * places + place];
        }
      }
    }
    return to;
  }

  /** About how many cycles one active input takes, in frames of spikes or graded ones. */
  double workPerInput(boolean spikes) {
    double vectors = events.reached() * blocksPerGroup;
    return spikes && gather != null ? 20 + 3.5 * vectors : 60 + 6 * vectors;
  }

  /** About how many cycles it takes to turn the outputs round. */
  double workPerFrame() {
    return (double) positions * op.outChannels();
  }

  /** A frame without active inputs. */
  void silence(float[] out, int outOffset) {
    outputs.silence(out, outOffset);
  }

  /** Computes a frame of spikes from its bits. */
  void spikes(long[] words, int wordOffset, float[] out, int outOffset) {
    if (gather != null) {
      gather.spikes(words, wordOffset, out, outOffset);
    } else {
      graded(words, wordOffset, null, 0, out, outOffset);
    }
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
        int w = weights.from + (group * blocksPerGroup + block) * size;
        if (in == null) {
          ScatterTiles.spikes(from, end, events.entries, sums.array, sums.from, weights.array, w);
        } else {
          ScatterTiles.graded(
              from, end, events.entries, events.values, sums.array, sums.from, weights.array, w);
        }
        int channels = Math.min(BLOCK, outputsPerGroup - block * BLOCK);
        finish(group * outputsPerGroup + block * BLOCK, channels, out, outOffset);
      }
    }
  }

  /** Turns and writes one block of channels; its sums are zero again afterwards. */
  private void finish(int channel, int channels, float[] out, int outOffset) {
    int blocks = Lanes.vectors(positions);
    if (TurnTiles.foursFit()) {
      for (int block = 0; block < blocks; block++) {
        int end = reachedFrom(block, blocks);
        TurnTiles.turnFours(sums.array, sums.from + block * BLOCK * BLOCK, (end - block) * BLOCK);
        block = end;
      }
    }
    outputs.write(sums.array, sums.from, events.touched, channel, channels, out, outOffset);
    for (int block = 0; block < blocks; block++) {
      int end = reachedFrom(block, blocks);
      Arrays.fill(
          sums.array, sums.from + block * BLOCK * BLOCK, sums.from + end * BLOCK * BLOCK, 0.0f);
      block = end;
    }
  }

  /** The end of the vectors of positions from {@code block} on that inputs reach. */
  private int reachedFrom(int block, int blocks) {
    int end = block;
    while (end < blocks && EventOutputs.reached(events.touched, end)) {
      end++;
    }
    return end;
  }
}
