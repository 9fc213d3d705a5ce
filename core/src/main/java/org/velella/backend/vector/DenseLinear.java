package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import org.velella.backend.Caches;

/**
 * A dense product with weights packed once: panels two vectors wide, inputs packed in blocks of
 * rows, terms in blocks whose sums are stored and taken up again.
 */
final class DenseLinear {
  private static final int TILE_ROWS = DenseTiles.ROWS;

  /** Of a block of inputs that takes half of the second-level cache. */
  private static final int HALF_ROWS = 128;

  /**
   * Of a block of inputs beside weights that come from memory. It leaves the second-level cache,
   * but its tiles are read one after the other, which the processor foresees; the beginnings of
   * panels it does not, and long blocks have fewer of them.
   */
  private static final int LONG_TERMS = 2048;

  /**
   * A block of inputs takes half of the second-level cache, beside weights that pass through it.
   */
  private static final int BLOCK_TERMS = blockTerms(Caches.here().level2());

  private final int inputs;
  private final int outputs;
  private final int terms;
  private final int panels;
  private final int blockRows;
  private final int blockTerms;

  /** {@code [panel, term, 2 vectors]}, zeros beyond the outputs and after the last input. */
  private final float[] weights;

  private final float[] bias;
  private final float[] zeros;

  /**
   * One block of inputs, {@code [tile of rows, run of terms, row of the tile, term of the run]}.
   */
  private final float[] block;

  /** A tile that does not fit the output. */
  private final float[] edge;

  /**
   * @param weights {@code [outputs, inputs]}
   * @param bias padded with zeros to whole pairs of vectors
   */
  DenseLinear(int inputs, int outputs, float[] weights, float[] bias) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.bias = bias;
    terms = inputs + (inputs & 1);
    int width = 2 * COUNT;
    panels = (outputs + width - 1) / width;
    this.weights = new float[Math.multiplyExact(panels * width, terms)];
    for (int o = 0; o < outputs; o++) {
      int to = o / width * terms * width + o % width;
      for (int k = 0; k < inputs; k++) {
        this.weights[to + k * width] = weights[o * inputs + k];
      }
    }
    zeros = new float[width];
    blockRows = blockRows(inputs, outputs);
    blockTerms = Math.min(terms, blockRows > HALF_ROWS ? LONG_TERMS : BLOCK_TERMS);
    block = new float[blockRows * padded(blockTerms)];
    edge = new float[TILE_ROWS * width];
  }

  /** Terms of a block, an even number, where the second-level cache has so many bytes. */
  static int blockTerms(long level2) {
    return (int) Math.max(256, Math.min(1024, level2 / 2 / (HALF_ROWS * Float.BYTES))) & ~1;
  }

  /** Rows of a block, for which weights are read once. */
  static int blockRows(int inputs, int outputs) {
    return Caches.sharingRows((long) inputs * outputs * Float.BYTES, Caches.here().level2());
  }

  /** Vectors of multiply-adds that so many rows take. */
  double work(int rows) {
    double tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    return tiles * TILE_ROWS * terms * panels * 2;
  }

  /** How wide a padded bias must be. */
  static int paddedOutputs(int outputs) {
    return (outputs + 2 * COUNT - 1) / (2 * COUNT) * 2 * COUNT;
  }

  /** Multiplies {@code rows} consecutive vectors. */
  void run(int rows, float[] in, int inOffset, float[] out, int outOffset) {
    for (int row = 0; row < rows; row += blockRows) {
      int count = Math.min(blockRows, rows - row);
      int to = outOffset + row * outputs;
      for (int k = 0; k < terms; k += blockTerms) {
        int depth = Math.min(blockTerms, terms - k);
        pack(in, inOffset + row * inputs, count, k, depth);
        for (int panel = 0; panel < panels; panel++) {
          panel(panel, k, depth, count, out, to);
        }
      }
    }
  }

  private void pack(float[] in, int from, int rows, int first, int depth) {
    int real = Math.min(depth, inputs - first);
    for (int row = 0; row < rows; row += TILE_ROWS) {
      int to = row * padded(depth);
      for (int r = 0; r < TILE_ROWS; r++) {
        // Rows that pad a tile repeat the last one; their sums are dropped.
        int at = from + Math.min(row + r, rows - 1) * inputs + first;
        packRow(in, at, real, to + r * DenseTiles.RUN);
      }
    }
  }

  private void packRow(float[] in, int at, int count, int to) {
    int k = 0;
    for (; k <= count - COUNT; k += COUNT) {
      FloatVector.fromArray(FLOATS, in, at + k).intoArray(block, to + DenseTiles.place(k));
    }
    for (; k < count; k++) {
      block[to + DenseTiles.place(k)] = in[at + k];
    }
    if ((count & 1) == 1) {
      block[to + DenseTiles.place(count)] = 0.0f;
    }
  }

  /** Terms that a tile of inputs has room for: whole runs. */
  private static int padded(int depth) {
    return (depth + DenseTiles.RUN - 1) & -DenseTiles.RUN;
  }

  private void panel(int panel, int first, int depth, int rows, float[] out, int outOffset) {
    int width = 2 * COUNT;
    int column = panel * width;
    int w = (panel * terms + first) * width;
    boolean last = first + depth == terms;
    float[] end = last ? bias : zeros;
    int endAt = last ? column : 0;
    int fit = outputs - column >= width ? rows - TILE_ROWS : -1;
    for (int row = 0; row < rows; row += TILE_ROWS) {
      int to = outOffset + row * outputs + column;
      if (row <= fit) {
        boolean begin = first == 0;
        float[] start = begin ? zeros : out;
        tile(
            depth,
            row * padded(depth),
            w,
            start,
            begin ? 0 : to,
            begin ? 0 : outputs,
            end,
            endAt,
            out,
            to,
            outputs);
      } else {
        int columns = Math.min(width, outputs - column);
        edge(depth, row * padded(depth), w, first == 0, end, endAt, out, to, rows - row, columns);
      }
    }
  }

  private void edge(
      int depth,
      int at,
      int w,
      boolean begin,
      float[] end,
      int endAt,
      float[] out,
      int to,
      int rowsLeft,
      int columns) {
    int width = 2 * COUNT;
    int rows = Math.min(rowsLeft, TILE_ROWS);
    if (!begin) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(out, to + r * outputs, edge, r * width, columns);
      }
    }
    float[] start = begin ? zeros : edge;
    tile(depth, at, w, start, 0, begin ? 0 : width, end, endAt, edge, 0, width);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(edge, r * width, out, to + r * outputs, columns);
    }
  }

  private void tile(
      int depth,
      int at,
      int w,
      float[] start,
      int st,
      int startRow,
      float[] end,
      int et,
      float[] out,
      int to,
      int outRow) {
    if (TILE_ROWS == 8) {
      DenseTiles.eight(depth, block, at, weights, w, start, st, startRow, end, et, out, to, outRow);
    } else {
      DenseTiles.four(depth, block, at, weights, w, start, st, startRow, end, et, out, to, outRow);
    }
  }
}
