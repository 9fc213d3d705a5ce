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
  /** Of a block of inputs beside weights that caches keep. */
  private static final int SHORT_ROWS = 128;

  /**
   * Of a block of inputs beside weights that come from memory. It leaves the second-level cache,
   * but its tiles are read one after the other, which the processor foresees; the beginnings of
   * panels it does not, and long blocks have fewer of them.
   */
  private static final int LONG_TERMS = 2048;

  /**
   * A block of inputs takes at most the second-level cache, through which weights pass as well:
   * half of it where that is a mebibyte or more, since longer blocks gain nothing there.
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
    blockTerms = Math.min(terms, blockRows > SHORT_ROWS ? LONG_TERMS : BLOCK_TERMS);
    block = new float[blockRows * padded(blockTerms)];
    edge = new float[DenseTiles.ROWS * width];
  }

  /** Terms of a block, an even number, where the second-level cache has so many bytes. */
  static int blockTerms(long level2) {
    return (int) Math.max(256, Math.min(1024, level2 / (SHORT_ROWS * Float.BYTES))) & ~1;
  }

  /** Rows of a block, for which weights are read once. */
  static int blockRows(int inputs, int outputs) {
    return Caches.sharingRows((long) inputs * outputs * Float.BYTES, Caches.here().level2());
  }

  /** Vectors of multiply-adds that so many rows take. */
  double work(int rows) {
    return (double) DenseTiles.padded(rows) * terms * panels * 2;
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
    for (int row = 0, height; row < rows; row += height) {
      height = DenseTiles.rows(rows - row);
      int to = row * padded(depth);
      for (int r = 0; r < height; r++) {
        // Rows that pad a tile repeat the last one; their sums are dropped.
        int at = from + Math.min(row + r, rows - 1) * inputs + first;
        packRow(in, at, real, to + r * DenseTiles.RUN, height);
      }
    }
  }

  private void packRow(float[] in, int at, int count, int to, int height) {
    int k = 0;
    for (; k <= count - COUNT; k += COUNT) {
      FloatVector.fromArray(FLOATS, in, at + k).intoArray(block, to + DenseTiles.place(k, height));
    }
    for (; k < count; k++) {
      block[to + DenseTiles.place(k, height)] = in[at + k];
    }
    if ((count & 1) == 1) {
      block[to + DenseTiles.place(count, height)] = 0.0f;
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
    boolean fits = outputs - column >= width;
    for (int row = 0, height; row < rows; row += height) {
      height = DenseTiles.rows(rows - row);
      int to = outOffset + row * outputs + column;
      if (fits && row + height <= rows) {
        boolean begin = first == 0;
        float[] start = begin ? zeros : out;
        tile(
            height,
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
        edge(
            height,
            depth,
            row * padded(depth),
            w,
            first == 0,
            end,
            endAt,
            out,
            to,
            Math.min(rows - row, height),
            columns);
      }
    }
  }

  private void edge(
      int height,
      int depth,
      int at,
      int w,
      boolean begin,
      float[] end,
      int endAt,
      float[] out,
      int to,
      int rows,
      int columns) {
    int width = 2 * COUNT;
    if (!begin) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(out, to + r * outputs, edge, r * width, columns);
      }
    }
    float[] start = begin ? zeros : edge;
    tile(height, depth, at, w, start, 0, begin ? 0 : width, end, endAt, edge, 0, width);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(edge, r * width, out, to + r * outputs, columns);
    }
  }

  private void tile(
      int height,
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
    if (DenseTiles.MANY_REGISTERS) {
      DenseTiles.eight(depth, block, at, weights, w, start, st, startRow, end, et, out, to, outRow);
    } else if (height == 6) {
      DenseTiles.six(depth, block, at, weights, w, start, st, startRow, end, et, out, to, outRow);
    } else {
      DenseTiles.four(depth, block, at, weights, w, start, st, startRow, end, et, out, to, outRow);
    }
  }
}
