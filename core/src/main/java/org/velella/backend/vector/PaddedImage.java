package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * A frame with its padding, as a dense convolution reads it. Rows and columns are sorted by their
 * remainder to the strides, {@code [channel, remainder of row, remainder of column, row, column]}:
 * then neighbouring outputs read neighbouring numbers whatever the stride, and output (y, x) reads
 * at {@code y * pitch + x} plus an offset that depends on the term alone.
 */
final class PaddedImage {
  private final Windowing op;
  private final float padding;
  private final int part;

  /** Numbers from one output row to the next. */
  final int pitch;

  /** Numbers from one channel to the next. */
  final int plane;

  /** Rows and columns of a frame that some window holds. */
  private final int rows;

  private final int columns;

  /** All ones where a vector of a row lies inside the row. */
  private final int[] inside;

  /** The places of a row's columns; used unless the stride is 1. */
  private final int[] places;

  /** The channels, then zeros. */
  final float[] data;

  /**
   * @param padding what padded places hold
   */
  PaddedImage(Windowing op, float padding) {
    this.op = op;
    this.padding = padding;
    int height = (op.outH() - 1) * op.strideH() + (op.kernelH() - 1) * op.dilationH() + 1;
    int width = (op.outW() - 1) * op.strideW() + (op.kernelW() - 1) * op.dilationW() + 1;
    pitch = (width + op.strideW() - 1) / op.strideW();
    part = pitch * ((height + op.strideH() - 1) / op.strideH());
    plane = Math.multiplyExact(part, op.strideH() * op.strideW());
    rows = Math.max(0, Math.min(op.inH(), height - op.padH()));
    columns = Math.max(0, Math.min(op.inW(), width - op.padW()));
    inside = new int[Lanes.roundUp(columns)];
    Arrays.fill(inside, 0, columns, -1);
    places = new int[columns];
    for (int x = 0; x < columns; x++) {
      places[x] = place(0, x + op.padW());
    }
    int spare = op.outH() * pitch + 4 * COUNT;
    data = new float[Math.addExact(Math.multiplyExact(plane, op.channels()), spare)];
    Arrays.fill(data, 0, plane * op.channels(), padding);
  }

  /** Where a row and column of the padded frame lie in their channel. */
  int place(int y, int x) {
    int remainder = y % op.strideH() * op.strideW() + x % op.strideW();
    return remainder * part + y / op.strideH() * pitch + x / op.strideW();
  }

  /** Takes a frame {@code [C, H, W]}. */
  void load(float[] in, int from) {
    for (int c = 0; c < op.channels(); c++) {
      // In the order of the copy, which copyRow relies on.
      for (int remainder = 0; remainder < op.strideH(); remainder++) {
        int first = Math.floorMod(remainder - op.padH(), op.strideH());
        for (int y = first; y < rows; y += op.strideH()) {
          row(in, from + (c * op.inH() + y) * op.inW(), c * plane, y + op.padH());
        }
      }
    }
  }

  private void row(float[] in, int from, int channel, int y) {
    if (op.strideW() > 1) {
      int to = channel + place(y, 0);
      for (int x = 0; x < columns; x++) {
        data[to + places[x]] = in[from + x];
      }
    } else if (padding == 0 && from + inside.length <= in.length) {
      copyRow(in, from, channel + place(y, op.padW()));
    } else {
      System.arraycopy(in, from, data, channel + place(y, op.padW()), columns);
    }
  }

  /** Whole vectors; what is written beyond the row is padding, or a row that is still to come. */
  private void copyRow(float[] in, int row, int to) {
    for (int x = 0; x < inside.length; x += COUNT) {
      FloatVector.fromArray(FLOATS, in, row + x)
          .reinterpretAsInts()
          .and(IntVector.fromArray(INTS, inside, x))
          .reinterpretAsFloats()
          .intoArray(data, to + x);
    }
  }
}
