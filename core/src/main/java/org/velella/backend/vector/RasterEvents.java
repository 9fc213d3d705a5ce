package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.backend.SpikeFrameKernel;

/**
 * The active inputs of one frame for an event-driven convolution: by group, then in raster order,
 * which is by row, column and channel. Each is listed once for every output that sees it: an entry
 * says where that output's sums and the weights between the two are.
 */
final class RasterEvents {
  /** Numbers per entry: the place of the sums and the place of the weights. */
  static final int FIELDS = 2;

  private static final int BLOCK_SHIFT = Integer.numberOfTrailingZeros(Lanes.COUNT);

  private final Windowing windowing;
  private final int pixels;
  private final int channelsPerGroup;
  private final int channelWords;
  private final Reach rows;
  private final Reach columns;

  /** The entries of a pixel's channel 0 begin here; one more at the end. */
  private final int[] first;

  /** Those entries, with room for reading as many vectors of any pixel as of the fullest. */
  private final int[] reach;

  /** The most entries of a pixel, and how many vectors they take. */
  private int most;

  private final int vectors;

  /** The vectors of positions that windows with a pixel lie in; their numbers begin here. */
  private final int[] firstBlock;

  private final int[] blocks;

  /** Those vectors as bits for each pixel; null if there are more than 64 vectors. */
  private final long[] blockBits;

  /** Vectors of 0 and 1: what moves entries on to another channel. */
  private final int[] odd = new int[Lanes.COUNT];

  private final ActivePixels inputs;

  /** How many inputs of each group are active, and where its entries end. */
  private final int[] counts;

  private final int[] ends;

  /** {@link #FIELDS} numbers each. */
  int[] entries = new int[1024];

  /** What each entry of a graded frame multiplies its weights by. */
  float[] values = new float[256];

  /** One bit per vector of positions: whether some window in it sees an active input. */
  final long[] touched;

  /** For vectors of one {@code Lanes.COUNT} channels at every position and kernel place. */
  RasterEvents(Windowing windowing, int groups) {
    this.windowing = windowing;
    pixels = windowing.inH() * windowing.inW();
    channelsPerGroup = windowing.channels() / groups;
    channelWords = SpikeFrameKernel.words(windowing.channels());
    rows = windowing.rows();
    columns = windowing.columns();
    first = new int[pixels + 1];
    reach = reach(channelsPerGroup * Lanes.COUNT);
    vectors = Lanes.vectors(most * FIELDS);
    for (int i = 1; i < odd.length; i += FIELDS) {
      odd[i] = 1;
    }
    firstBlock = new int[pixels + 1];
    blocks = blocks();
    inputs = new ActivePixels(windowing, groups);
    counts = inputs.counts;
    ends = new int[groups];
    int positions = windowing.outH() * windowing.outW();
    touched = new long[SpikeFrameKernel.words(Lanes.vectors(positions))];
    blockBits = touched.length == 1 ? blockBits() : null;
  }

  /** Fills {@code first} and gives what belongs there. */
  private int[] reach(int place) {
    int pairs = Math.multiplyExact(rows.pairs(), columns.pairs());
    int spare = windowing.kernelH() * windowing.kernelW() * FIELDS + 2 * Lanes.COUNT;
    int[] to = new int[Math.addExact(Math.multiplyExact(pairs, FIELDS), spare)];
    int at = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      int y = pixel / windowing.inW();
      int x = pixel % windowing.inW();
      for (int r = rows.first[y]; r < rows.first[y + 1]; r++) {
        for (int c = columns.first[x]; c < columns.first[x + 1]; c++) {
          to[at++] = (rows.output[r] * windowing.outW() + columns.output[c]) * Lanes.COUNT;
          to[at++] = (rows.kernel[r] * windowing.kernelW() + columns.kernel[c]) * place;
        }
      }
      first[pixel + 1] = at / FIELDS;
      most = Math.max(most, first[pixel + 1] - first[pixel]);
    }
    return to;
  }

  /** Fills {@code firstBlock} and gives what belongs there. */
  private int[] blocks() {
    int[] to = new int[first[pixels]];
    int count = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int i = first[pixel]; i < first[pixel + 1]; i++) {
        int block = reach[i * FIELDS] / Lanes.COUNT >> BLOCK_SHIFT;
        boolean known = false;
        for (int k = firstBlock[pixel]; k < count; k++) {
          known |= to[k] == block;
        }
        if (!known) {
          to[count++] = block;
        }
      }
      firstBlock[pixel + 1] = count;
    }
    return Arrays.copyOf(to, count);
  }

  private long[] blockBits() {
    long[] to = new long[pixels];
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int i = firstBlock[pixel]; i < firstBlock[pixel + 1]; i++) {
        to[pixel] |= 1L << blocks[i];
      }
    }
    return to;
  }

  /** Outputs reached by an input, on average over all pixels. */
  double reached() {
    return (double) rows.pairs() * columns.pairs() / pixels;
  }

  /** Where the entries of a group begin and end. */
  int from(int group) {
    return group == 0 ? 0 : ends[group - 1];
  }

  int end(int group) {
    return ends[group];
  }

  /**
   * Lists the active inputs of a frame.
   *
   * @param in the frame's numbers, from {@code inOffset} on; null for spikes
   */
  void list(long[] words, int wordOffset, float[] in, int inOffset) {
    Arrays.fill(touched, 0L);
    int total = inputs.sort(words, wordOffset);
    long[] active = inputs.active;
    int room = most + 2 * Lanes.COUNT;
    if (counts.length == 1) {
      reserve(total * most + room);
    } else {
      reserve(total * most + counts.length * room);
      // Every group gets room for as many entries as there can be and what is spilt behind them;
      // ends become exact while filling.
      int start = 0;
      for (int group = 0; group < ends.length; group++) {
        ends[group] = start;
        start += counts[group] * most + room;
      }
    }
    int end = 0;
    for (int word = 0; word < active.length; word++) {
      long bits = active[word];
      active[word] = 0;
      while (bits != 0) {
        end = pixel((word << 6) + Long.numberOfTrailingZeros(bits), in, inOffset, end);
        bits &= bits - 1;
      }
    }
    if (counts.length == 1) {
      ends[0] = end;
    } else {
      close(room);
    }
  }

  private void reserve(int count) {
    if (values.length < count) {
      values = new float[Math.max(count, 2 * values.length)];
      entries = new int[values.length * FIELDS];
    }
  }

  /** Lists a pixel's active channels; gives the end of the entries where there is one group. */
  private int pixel(int pixel, float[] in, int inOffset, int end) {
    touch(pixel);
    int from = first[pixel];
    int count = first[pixel + 1] - from;
    int last = end;
    long[] channels = inputs.channels;
    for (int word = 0; word < channelWords; word++) {
      long bits = channels[pixel * channelWords + word];
      channels[pixel * channelWords + word] = 0;
      while (bits != 0) {
        int channel = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int weights = channel;
        if (counts.length > 1) {
          int group = channel / channelsPerGroup;
          weights = channel - group * channelsPerGroup;
          last = ends[group];
          ends[group] = last + count;
        }
        // What the last vector holds of the next pixel is written again.
        ScatterTiles.copy(
            vectors, reach, from * FIELDS, odd, weights * Lanes.COUNT, entries, last * FIELDS);
        if (in != null) {
          Arrays.fill(values, last, last + count, in[inOffset + channel * pixels + pixel]);
        }
        last += count;
      }
    }
    return last;
  }

  private void touch(int pixel) {
    if (blockBits != null) {
      touched[0] |= blockBits[pixel];
    } else {
      for (int block = firstBlock[pixel]; block < firstBlock[pixel + 1]; block++) {
        touched[blocks[block] >> 6] |= 1L << blocks[block];
      }
    }
  }

  /** Moves the entries of all groups together. */
  private void close(int room) {
    int start = 0;
    int to = 0;
    for (int group = 0; group < ends.length; group++) {
      int count = ends[group] - start;
      if (to < start) {
        System.arraycopy(entries, start * FIELDS, entries, to * FIELDS, count * FIELDS);
        System.arraycopy(values, start, values, to, count);
      }
      start += counts[group] * most + room;
      to += count;
      ends[group] = to;
    }
  }
}
