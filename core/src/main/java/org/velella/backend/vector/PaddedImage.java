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

  /** The rows of a frame that some window holds, in the order of the copy, and their places. */
  private final int[] rows;

  private final int[] rowPlaces;

  /** All ones where a vector of a row lies inside the row. */
  private final int[] inside;

  /** The places of those columns of a row that some window holds. */
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
    rows = rows(Math.max(0, Math.min(op.inH(), height - op.padH())));
    rowPlaces = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rowPlaces[i] = place(rows[i] + op.padH(), 0);
    }
    int columns = Math.max(0, Math.min(op.inW(), width - op.padW()));
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

  /** In the order of the copy, which copyRows relies on: by remainder, then ascending. */
  private int[] rows(int count) {
    int[] order = new int[count];
    int at = 0;
    for (int remainder = 0; remainder < op.strideH(); remainder++) {
      int first = Math.floorMod(remainder - op.padH(), op.strideH());
      for (int y = first; y < count; y += op.strideH()) {
        order[at++] = y;
      }
    }
    return order;
  }

  /** Where a row and column of the padded frame lie in their channel. */
  int place(int y, int x) {
    int remainder = y % op.strideH() * op.strideW() + x % op.strideW();
    return remainder * part + y / op.strideH() * pitch + x / op.strideW();
  }

  /** Takes a frame {@code [C, H, W]}. */
  void load(float[] in, int from) {
    int frame = op.inH() * op.inW();
    for (int c = 0; c < op.channels(); c++) {
      int at = from + c * frame;
      if (op.strideW() == 1 && padding == 0 && at + frame + COUNT <= in.length) {
        copyRows(in, at, c * plane + op.padW());
      } else {
        rows(in, at, c * plane);
      }
    }
  }

  private void rows(float[] in, int from, int to) {
    for (int i = 0; i < rows.length; i++) {
      int at = from + rows[i] * op.inW();
      int row = to + rowPlaces[i];
      if (op.strideW() == 1) {
        System.arraycopy(in, at, data, row + op.padW(), places.length);
      } else {
        for (int x = 0; x < places.length; x++) {
          data[row + places[x]] = in[at + x];
        }
      }
    }
  }

  /**
   * Whole vectors, the last of each row first: what is written beyond a row is padding, or part of
   * a row that is still to come.
   */
  private void copyRows(float[] in, int from, int to) {
    int width = op.inW();
    for (int x = inside.length - COUNT; x >= 0; x -= COUNT) {
      IntVector mask = IntVector.fromArray(INTS, inside, x);
      for (int i = 0; i < rows.length; i++) {
        FloatVector.fromArray(FLOATS, in, from + rows[i] * width + x)
            .reinterpretAsInts()
            .and(mask)
            .reinterpretAsFloats()
            .intoArray(data, to + rowPlaces[i] + x);
      }
    }
  }
}
