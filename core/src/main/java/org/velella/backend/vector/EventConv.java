package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.plan.ConvOp;

/**
 * An event-driven convolution: the active inputs are sorted by row, column and channel, and each
 * adds its weights to the outputs whose window holds it, all channels of an output at a time. That
 * is the order of the definition, see the scalar convolution. Sums lie channels last and are all
 * zero between frames; only blocks of positions that were touched are turned round and cleared.
 */
final class EventConv {
  private static final int BLOCK = Lanes.COUNT;

  /** From so many active channels of a pixel on, their sum is kept in registers. */
  private static final int MANY = 4;

  private static final int BLOCK_SHIFT = Integer.numberOfTrailingZeros(BLOCK);

  private final ConvOp op;
  private final int pixels;
  private final int positions;
  private final int inputsPerGroup;
  private final int outputsPerGroup;

  /** Numbers of one group and of all groups at one position, in whole vectors. */
  private final int groupWidth;

  private final int width;

  /** {@code [group, kernel row, kernel column, input channel, groupWidth]}. */
  private final float[] weights;

  private final float[] bias;

  /** What an output gives that no input reaches. */
  private final float[] silent;

  private final Reach rows;
  private final Reach columns;

  /** What a row or column pair of {@link Reach} adds to the place of a sum and of a weight. */
  private final int[] rowSums;

  private final int[] rowWeights;
  private final int[] columnSums;
  private final int[] columnWeights;

  /** {@code [position, group, groupWidth]}. */
  private final float[] sums;

  /** One bit per block of positions. */
  private final long[] touched;

  /** Which pixels are active, and which channels of each. */
  private final long[] active;

  private final long[] channels;
  private final int channelWords;

  /** For turning round a block. */
  private final float[] turned = new float[16 * Lanes.COUNT];

  private final int[] listed;
  private final float[] values;

  EventConv(ConvOp op) {
    this.op = op;
    pixels = op.inH() * op.inW();
    positions = op.outH() * op.outW();
    inputsPerGroup = op.inChannels() / op.groups();
    outputsPerGroup = op.outChannels() / op.groups();
    groupWidth = Lanes.roundUp(outputsPerGroup);
    width = op.groups() * groupWidth;
    weights = weights();
    bias = op.bias() == null ? new float[op.outChannels()] : op.bias();
    silent = new float[bias.length];
    for (int o = 0; o < silent.length; o++) {
      silent[o] = 0.0f + bias[o] + 0.0f;
    }
    rows = Windowing.of(op).rows();
    columns = Windowing.of(op).columns();
    int place = inputsPerGroup * groupWidth;
    rowSums = scaled(rows.output, op.outW() * width);
    rowWeights = scaled(rows.kernel, op.kernelW() * place);
    columnSums = scaled(columns.output, width);
    columnWeights = scaled(columns.kernel, place);
    int blocks = (positions + BLOCK - 1) / BLOCK;
    sums = new float[Math.multiplyExact(blocks * BLOCK, width)];
    touched = new long[(blocks + Long.SIZE - 1) / Long.SIZE];
    active = new long[(pixels + Long.SIZE - 1) / Long.SIZE];
    channelWords = (op.inChannels() + Long.SIZE - 1) / Long.SIZE;
    channels = new long[Math.multiplyExact(pixels, channelWords)];
    listed = new int[op.inChannels()];
    values = new float[op.inChannels()];
  }

  private static int[] scaled(int[] numbers, int factor) {
    return Arrays.stream(numbers).map(number -> number * factor).toArray();
  }

  private float[] weights() {
    int places = op.kernelH() * op.kernelW();
    float[] to = new float[Math.multiplyExact(op.groups() * places * inputsPerGroup, groupWidth)];
    for (int o = 0; o < op.outChannels(); o++) {
      int group = o / outputsPerGroup;
      for (int c = 0; c < inputsPerGroup; c++) {
        for (int place = 0; place < places; place++) {
          int row = (group * places + place) * inputsPerGroup + c;
          to[row * groupWidth + o % outputsPerGroup] =
              op.weight()[(o * inputsPerGroup + c) * places + place];
        }
      }
    }
    return to;
  }

  /** About how many cycles one active input takes. */
  double workPerInput() {
    double reached = (double) rows.pairs() * columns.pairs() / pixels;
    return 60 + reached * (8 + 6.0 * groupWidth / Lanes.COUNT);
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
    collect(words, wordOffset);
    scatter(null, 0);
    finish(out, outOffset);
  }

  /** Computes a frame of graded inputs; the bits say which are not zero. */
  void graded(long[] words, int wordOffset, float[] in, int inOffset, float[] out, int outOffset) {
    collect(words, wordOffset);
    scatter(in, inOffset);
    finish(out, outOffset);
  }

  /** Sorts the active inputs: channel by channel in, pixel by pixel out. */
  private void collect(long[] words, int wordOffset) {
    int first = 0;
    for (int c = 0; c < op.inChannels(); c++) {
      int end = first + pixels;
      long channel = 1L << c;
      int channelWord = c >> 6;
      for (int word = first >> 6; word << 6 < end; word++) {
        int base = (word << 6) - first;
        long bits = SpikeBits.within(words[wordOffset + word], word << 6, first, end);
        while (bits != 0) {
          int pixel = base + Long.numberOfTrailingZeros(bits);
          bits &= bits - 1;
          active[pixel >> 6] |= 1L << pixel;
          channels[pixel * channelWords + channelWord] |= channel;
        }
      }
      first = end;
    }
  }

  private void scatter(float[] in, int inOffset) {
    for (int word = 0; word < active.length; word++) {
      long bits = active[word];
      active[word] = 0;
      while (bits != 0) {
        int pixel = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int count = list(pixel);
        for (int i = 0; i < count; i++) {
          values[i] = in == null ? 1.0f : in[inOffset + listed[i] * pixels + pixel];
        }
        groups(pixel, count, in != null);
      }
    }
  }

  /** Lists the active channels of a pixel and forgets them. */
  private int list(int pixel) {
    int count = 0;
    for (int word = 0; word < channelWords; word++) {
      long bits = channels[pixel * channelWords + word];
      channels[pixel * channelWords + word] = 0;
      while (bits != 0) {
        listed[count++] = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
      }
    }
    return count;
  }

  private void groups(int pixel, int count, boolean graded) {
    int y = pixel / op.inW();
    int x = pixel - y * op.inW();
    int from = 0;
    while (from < count) {
      int group = listed[from] / inputsPerGroup;
      int end = (group + 1) * inputsPerGroup;
      int n = 0;
      while (from + n < count && listed[from + n] < end) {
        // Lists are short and done with: the rows of this group go to their front.
        values[n] = values[from + n];
        listed[n] = (listed[from + n] - group * inputsPerGroup) * groupWidth;
        n++;
      }
      scatter(y, x, group, n, graded);
      from += n;
    }
  }

  /** Adds the first {@code n} listed rows to every output that sees pixel (y, x). */
  private void scatter(int y, int x, int group, int n, boolean graded) {
    int rowFrom = rows.first[y];
    int rowEnd = rows.first[y + 1];
    int columnFrom = columns.first[x];
    int columnEnd = columns.first[x + 1];
    if (columnFrom == columnEnd) {
      return;
    }
    int at = group * groupWidth;
    int w = group * op.kernelH() * op.kernelW() * inputsPerGroup * groupWidth;
    for (int r = rowFrom; r < rowEnd; r++) {
      touch(rows.output[r] * op.outW(), columnFrom, columnEnd);
      if (graded || n >= MANY) {
        for (int c = columnFrom; c < columnEnd; c++) {
          int sum = at + rowSums[r] + columnSums[c];
          int row = w + rowWeights[r] + columnWeights[c];
          if (graded) {
            ScatterTiles.graded(sums, sum, weights, row, listed, values, n, groupWidth);
          } else {
            ScatterTiles.spikes(sums, sum, weights, row, listed, n, groupWidth);
          }
        }
      } else {
        for (int i = 0; i < n; i++) {
          int sum = at + rowSums[r];
          int row = w + rowWeights[r] + listed[i];
          spike(sum, row, columnFrom, columnEnd);
        }
      }
    }
  }

  private void spike(int sum, int row, int from, int end) {
    if (groupWidth == Lanes.COUNT) {
      ScatterTiles.spike(sums, sum, columnSums, weights, row, columnWeights, from, end);
    } else {
      ScatterTiles.spike(sums, sum, columnSums, weights, row, columnWeights, from, end, groupWidth);
    }
  }

  /** Marks the blocks from the last column's output, which comes first, to the first column's. */
  private void touch(int row, int columnFrom, int columnEnd) {
    int last = row + columns.output[columnFrom] >> BLOCK_SHIFT;
    for (int block = row + columns.output[columnEnd - 1] >> BLOCK_SHIFT; block <= last; block++) {
      touched[block >> 6] |= 1L << block;
    }
  }

  private void finish(float[] out, int outOffset) {
    for (int block = 0; block * BLOCK < positions; block++) {
      int first = block * BLOCK;
      int count = Math.min(BLOCK, positions - first);
      if ((touched[block >> 6] >>> block & 1) == 0) {
        if (count == BLOCK) {
          ScatterTiles.spread(silent, out, outOffset + first, positions);
          continue;
        }
        for (int o = 0; o < silent.length; o++) {
          int at = outOffset + o * positions + first;
          Arrays.fill(out, at, at + count, silent[o]);
        }
        continue;
      }
      for (int group = 0; group < op.groups(); group++) {
        finish(group, first, count, out, outOffset + first);
      }
    }
    Arrays.fill(touched, 0L);
  }

  private void finish(int group, int first, int count, float[] out, int to) {
    int at = first * width + group * groupWidth;
    int output = group * outputsPerGroup;
    int turnedRound = count == BLOCK && TurnTiles.fit() ? outputsPerGroup & -8 : 0;
    // These first: turning round clears whole vectors.
    for (int o = turnedRound; o < outputsPerGroup; o++) {
      for (int p = 0; p < count; p++) {
        int sum = at + p * width + o;
        out[to + (output + o) * positions + p] = sums[sum] + bias[output + o] + 0.0f;
        sums[sum] = 0.0f;
      }
    }
    for (int o = 0; o < turnedRound; o += BLOCK) {
      int channels = Math.min(BLOCK, turnedRound - o);
      int plane = to + (output + o) * positions;
      TurnTiles.finish(
          sums, at + o, width, bias, output + o, channels, turned, out, plane, positions);
    }
  }
}
