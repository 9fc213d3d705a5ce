package org.velella.gpu.kernel;

import org.velella.plan.ConvOp;

/**
 * Where the terms of a convolution lie, relative to the upper left corner of a window: for each, in
 * canonical order, four words: the distance in the value, rows down, columns to the right, and 0.
 */
public final class WindowTable {
  /** Bytes of one term. */
  static final int ENTRY_BYTES = 16;

  /** So far down that it is outside of every image. */
  private static final int OUTSIDE = 1 << 29;

  private WindowTable() {}

  /** The terms of one output: kernel row, then kernel column, then channel of the group. */
  public static int[] ofElements(ConvOp op) {
    int channels = op.inChannels() / op.groups();
    return table(
        op,
        channels,
        MatrixTile.paddedTerms(taps(op) * channels),
        op.inW(),
        1,
        op.inH() * op.inW());
  }

  /**
   * The words of one output in the layout of {@link ChannelBits}: kernel row, then kernel column,
   * then word of the group's channels.
   */
  public static int[] ofWords(ConvOp op) {
    int words = ChannelBits.wordsPerGroup(op);
    int count = (taps(op) * words + 1) / 2 * 2;
    int pixel = words * op.groups();
    return table(op, words, count, op.inW() * pixel, pixel, 1);
  }

  private static int taps(ConvOp op) {
    return op.kernelH() * op.kernelW();
  }

  private static int[] table(
      ConvOp op, int inner, int count, int perRow, int perColumn, int perInner) {
    int[] table = new int[4 * count];
    for (int k = 0; k < count; k++) {
      int tap = k / inner;
      int down = tap / op.kernelW() * op.dilationH();
      int right = tap % op.kernelW() * op.dilationW();
      boolean there = tap < taps(op);
      table[4 * k] = there ? down * perRow + right * perColumn + k % inner * perInner : 0;
      table[4 * k + 1] = there ? down : OUTSIDE;
      table[4 * k + 2] = there ? right : OUTSIDE;
    }
    return table;
  }
}
