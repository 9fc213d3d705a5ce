package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;

import java.util.Arrays;
import org.velella.backend.Caches;

/**
 * An event-driven product: every row adds the weight rows of its active inputs, ascending. Outputs
 * are cut into tiles of up to eight vectors that stay in registers; the weights of a tile lie
 * together, and long inputs are blocked so that what is in use of a tile stays in the L2 cache.
 */
final class EventLinear {
  private static final int TILE = 8;

  /** Rows are listed in groups of about this many events, which stay in cache between tiles. */
  private static final int GROUP_EVENTS = 64 * 1024;

  private final int inputs;
  private final int outputs;
  private final int block;
  private final int blocks;

  /** {@code [tile, input, vectors of the tile]}. */
  private final LineFloats weights;

  private final float[] bias;
  private final float[] zeros = new float[TILE * COUNT];
  private final float[] edge = new float[TILE * COUNT];

  private int[] listed = new int[1024];
  private float[] values = new float[0];
  private boolean graded;
  private int count;
  private int rows;

  /** Where the events of each block of each listed row begin; one more at the end. */
  private int[] bounds = new int[64];

  /**
   * A product of weights that take half of this machine's second-level cache at a time.
   *
   * @param weights {@code [outputs, inputs]}
   * @param bias padded with zeros to whole tiles
   */
  EventLinear(int inputs, int outputs, float[] weights, float[] bias) {
    this(inputs, outputs, weights, bias, Caches.here().level2() / 2);
  }

  /**
   * The same of weights that take so many bytes at a time, which never shows in results.
   *
   * @param cache bytes of weights that stay in cache
   */
  EventLinear(int inputs, int outputs, float[] weights, float[] bias, long cache) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.bias = bias;
    long fitting = cache / ((long) Float.BYTES * TILE * COUNT);
    block = (int) Math.max(1, Math.min(inputs, fitting));
    blocks = Math.max(1, (inputs + block - 1) / block);
    this.weights = LineFloats.of(Math.multiplyExact(Lanes.roundUp(outputs), inputs));
    for (int column = 0; column < outputs; column += width(column)) {
      int width = width(column);
      for (int o = column; o < Math.min(column + width, outputs); o++) {
        int to = this.weights.from + column * inputs + o - column;
        for (int k = 0; k < inputs; k++) {
          this.weights.array[to + k * width] = weights[o * inputs + k];
        }
      }
    }
  }

  /** The width of the tile that begins at a column: the largest of 8, 4, 2, 1 vectors that fits. */
  private int width(int column) {
    int left = Lanes.vectors(outputs - column);
    return Math.min(TILE, Integer.highestOneBit(left)) * COUNT;
  }

  /** Whether the listed rows should be computed before more are listed. */
  boolean isFull() {
    return count >= GROUP_EVENTS;
  }

  /** How many rows are listed and not yet computed. */
  int rows() {
    return rows;
  }

  /** Lists a row of spikes, given as bits {@code first ... first + inputs - 1}. */
  void addSpikes(long[] words, int wordOffset, int first) {
    if (graded) {
      throw new IllegalStateException("Rows of spikes and of graded values in one group");
    }
    reserve();
    int from = count;
    count = SpikeBits.list(words, wordOffset, first, inputs, listed, from);
    bound(from);
  }

  /** Lists a row of graded values; the bits say which are not zero. */
  void addGraded(long[] words, int wordOffset, float[] in, int at) {
    if (rows > 0 && !graded) {
      throw new IllegalStateException("Rows of spikes and of graded values in one group");
    }
    graded = true;
    reserve();
    int from = count;
    count = SpikeBits.list(words, wordOffset, 0, inputs, listed, from);
    if (values.length < listed.length) {
      values = Arrays.copyOf(values, listed.length);
    }
    for (int i = from; i < count; i++) {
      values[i] = in[at + listed[i]];
    }
    bound(from);
  }

  private void reserve() {
    if (listed.length < count + inputs) {
      listed = Arrays.copyOf(listed, Math.max(count + inputs, 2 * listed.length));
    }
    if (bounds.length < (rows + 1) * blocks + 1) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length + blocks);
    }
  }

  private void bound(int from) {
    int at = from;
    for (int b = 0; b < blocks; b++) {
      bounds[rows * blocks + b] = at;
      if (b + 1 < blocks) {
        int end = (b + 1) * block;
        while (at < count && listed[at] < end) {
          at++;
        }
      }
    }
    rows++;
    bounds[rows * blocks] = count;
  }

  /** Computes the listed rows and empties the list. */
  void flush(float[] out, int outOffset) {
    for (int column = 0; column < outputs; column += width(column)) {
      int width = width(column);
      for (int b = 0; b < blocks; b++) {
        if (column + width <= outputs) {
          tile(column, width / COUNT, b, out, outOffset + column);
        } else {
          edge(column, width / COUNT, b, out, outOffset + column);
        }
      }
    }
    count = 0;
    rows = 0;
    graded = false;
  }

  private void tile(int column, int vectors, int b, float[] out, int outOffset) {
    boolean last = b + 1 == blocks;
    float[] start = b == 0 ? zeros : out;
    float[] end = last ? bias : zeros;
    int endAt = last ? column : 0;
    int w = weights.from + column * inputs;
    for (int row = 0; row < rows; row++) {
      int from = bounds[row * blocks + b];
      int to = bounds[row * blocks + b + 1];
      int at = outOffset + row * outputs;
      int startAt = b == 0 ? 0 : at;
      if (graded) {
        EventTiles.graded(
            vectors,
            values,
            listed,
            from,
            to,
            weights.array,
            w,
            start,
            startAt,
            end,
            endAt,
            out,
            at);
      } else {
        EventTiles.spikes(
            vectors, listed, from, to, weights.array, w, start, startAt, end, endAt, out, at);
      }
    }
  }

  /** The last tile where it is wider than what is left of the output. */
  private void edge(int column, int vectors, int b, float[] out, int outOffset) {
    boolean last = b + 1 == blocks;
    float[] start = b == 0 ? zeros : edge;
    float[] end = last ? bias : zeros;
    int endAt = last ? column : 0;
    int w = weights.from + column * inputs;
    int columns = outputs - column;
    for (int row = 0; row < rows; row++) {
      int from = bounds[row * blocks + b];
      int to = bounds[row * blocks + b + 1];
      int at = outOffset + row * outputs;
      if (b > 0) {
        System.arraycopy(out, at, edge, 0, columns);
      }
      if (graded) {
        EventTiles.graded(
            vectors, values, listed, from, to, weights.array, w, start, 0, end, endAt, edge, 0);
      } else {
        EventTiles.spikes(
            vectors, listed, from, to, weights.array, w, start, 0, end, endAt, edge, 0);
      }
      System.arraycopy(edge, 0, out, at, columns);
    }
  }
}
