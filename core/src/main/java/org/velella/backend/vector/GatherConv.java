package org.velella.backend.vector;

import static org.velella.backend.vector.GatherTiles.ENTRY;

import java.util.Arrays;
import org.velella.plan.ConvOp;

/**
 * An event-driven convolution whose sums stay in registers: every output position gets a list of
 * the weights that active inputs add to it, in raster order, so in the order of the definition;
 * then {@link GatherTiles} adds them up for four positions at a time. Where entries are missing in
 * one of four lists, the list names weights of zero, which change no sum: sums begin at +0 and so
 * are never -0.
 */
final class GatherConv {
  private static final int BLOCK = Lanes.COUNT;

  /** The most numbers that lists may take: 4 MiB. */
  private static final int LIMIT = 1 << 20;

  private final int channels;
  private final int positions;
  private final ActivePixels inputs;
  private final EventOutputs outputs;

  /** The pairs of a pixel and an output that sees it begin here; one more at the end. */
  private final int[] first;

  /** The output of each pair, and the place of the weights of channel 0. */
  private final int[] output;

  private final int[] tap;

  /** Lists of four positions lie side by side, so far apart; all zero between frames. */
  private final int stride;

  private final int[] entries;

  /** Where the list of each position begins, and where its next entry goes. */
  private final int[] begin;

  private final int[] next;

  /** How long the longest of four lists is, times four. */
  private final int[] lengths;

  /** One bit per vector of positions: whether an input reaches any of them. */
  private final long[] touched;

  /** {@code [two blocks of channels, a zero and the terms, 2 * BLOCK]}. */
  private final LineFloats weights;

  /** How far two blocks of channels lie apart in the weights. */
  private final int pair;

  /** {@code [2, position, BLOCK]}, the first two rounds of turning done. */
  private final LineFloats sums;

  private final int plane;

  GatherConv(ConvOp op, EventOutputs outputs) {
    this.outputs = outputs;
    channels = op.outChannels();
    positions = op.outH() * op.outW();
    Windowing windowing = Windowing.of(op);
    inputs = new ActivePixels(windowing, 1);
    Reach rows = windowing.rows();
    Reach columns = windowing.columns();
    first = new int[op.inH() * op.inW() + 1];
    output = new int[Math.multiplyExact(rows.pairs(), columns.pairs())];
    tap = new int[output.length];
    pairs(op, rows, columns);
    stride = stride(op);
    int quads = quads(op);
    entries = new int[quads * stride + BLOCK];
    begin = new int[quads * 4];
    Arrays.setAll(begin, p -> p / 4 * stride + p % 4);
    next = new int[begin.length];
    lengths = new int[quads];
    touched = new long[(Lanes.vectors(positions) >> 6) + 1];
    pair = (terms(op) + 1) * ENTRY;
    weights = weights(op);
    plane = quads * 4 * BLOCK;
    sums = LineFloats.of(2 * plane);
  }

  /** Whether this form does for an op: one group, and lists of no more than 4 MiB. */
  static boolean fits(ConvOp op) {
    return op.groups() == 1
        && TurnTiles.foursFit()
        && (long) quads(op) * stride(op) <= LIMIT
        && (long) op.outChannels() * terms(op) < LIMIT * 16L;
  }

  private static int terms(ConvOp op) {
    return op.kernelH() * op.kernelW() * op.inChannels();
  }

  private static int quads(ConvOp op) {
    return Lanes.roundUp(op.outH() * op.outW()) / 4;
  }

  /** An odd number of cache lines, so that lists spread over the cache. */
  private static int stride(ConvOp op) {
    int line = 16;
    return ((terms(op) * 4 + line - 1) / line | 1) * line;
  }

  private void pairs(ConvOp op, Reach rows, Reach columns) {
    int at = 0;
    for (int pixel = 0; pixel < first.length - 1; pixel++) {
      int y = pixel / op.inW();
      int x = pixel % op.inW();
      for (int r = rows.first[y]; r < rows.first[y + 1]; r++) {
        for (int c = columns.first[x]; c < columns.first[x + 1]; c++) {
          int place = rows.kernel[r] * op.kernelW() + columns.kernel[c];
          output[at] = rows.output[r] * op.outW() + columns.output[c];
          tap[at++] = (1 + place * op.inChannels()) * ENTRY;
        }
      }
      first[pixel + 1] = at;
    }
  }

  private LineFloats weights(ConvOp op) {
    int places = op.kernelH() * op.kernelW();
    LineFloats to = LineFloats.of(Math.multiplyExact((channels + ENTRY - 1) / ENTRY, pair));
    for (int o = 0; o < channels; o++) {
      int at = to.from + o / ENTRY * pair + o % ENTRY;
      for (int c = 0; c < op.inChannels(); c++) {
        for (int place = 0; place < places; place++) {
          to.array[at + (1 + place * op.inChannels() + c) * ENTRY] =
              op.weight()[(o * op.inChannels() + c) * places + place];
        }
      }
    }
    return to;
  }

  /** Computes a frame of spikes from its bits. */
  void spikes(long[] words, int wordOffset, float[] out, int outOffset) {
    list(words, wordOffset);
    for (int channel = 0; channel < channels; channel += ENTRY) {
      int w = weights.from + channel / ENTRY * pair;
      if (channels - channel > BLOCK) {
        GatherTiles.two(lengths, stride, entries, weights.array, w, sums.array, sums.from, plane);
      } else {
        GatherTiles.one(lengths, stride, entries, weights.array, w, sums.array, sums.from);
      }
      write(channel, out, outOffset);
    }
    GatherTiles.clear(lengths, stride, entries);
  }

  /** Writes the outputs of up to two vectors of channels. */
  private void write(int channel, float[] out, int outOffset) {
    int left = channels - channel;
    int first = Math.min(BLOCK, left);
    outputs.write(sums.array, sums.from, touched, channel, first, out, outOffset);
    if (left > BLOCK) {
      int second = Math.min(BLOCK, left - BLOCK);
      int at = sums.from + plane;
      outputs.write(sums.array, at, touched, channel + BLOCK, second, out, outOffset);
    }
  }

  private void list(long[] words, int wordOffset) {
    System.arraycopy(begin, 0, next, 0, begin.length);
    inputs.sort(words, wordOffset);
    long[] active = inputs.active;
    for (int word = 0; word < active.length; word++) {
      long bits = active[word];
      active[word] = 0;
      while (bits != 0) {
        pixel((word << 6) + Long.numberOfTrailingZeros(bits));
        bits &= bits - 1;
      }
    }
    Arrays.fill(touched, 0L);
    for (int quad = 0; quad < lengths.length; quad++) {
      int p = quad * 4;
      int end = Math.max(Math.max(next[p], next[p + 1]), Math.max(next[p + 2], next[p + 3]));
      int length = end - quad * stride & -4;
      lengths[quad] = length;
      int block = p / BLOCK;
      touched[block >> 6] |= (long) (-length >>> 31) << block;
    }
  }

  private void pixel(int pixel) {
    for (int word = 0; word < inputs.channelWords; word++) {
      int at = pixel * inputs.channelWords + word;
      long bits = inputs.channels[at];
      inputs.channels[at] = 0;
      while (bits != 0) {
        int channel = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        append(first[pixel], first[pixel + 1], channel * ENTRY);
      }
    }
  }

  private void append(int from, int to, int weight) {
    for (int i = from; i < to; i++) {
      int at = next[output[i]];
      entries[at] = tap[i] + weight;
      next[output[i]] = at + 4;
    }
  }
}
