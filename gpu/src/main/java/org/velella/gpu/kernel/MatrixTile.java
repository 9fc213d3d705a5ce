package org.velella.gpu.kernel;

/**
 * How the matrix kernels cut their work: a block computes {@code rows} times {@code columns}
 * outputs, a thread {@code threadRows} times {@code threadColumns} of them, and {@link #DEPTH}
 * terms lie in shared memory at a time. Every cut gives the same bits.
 *
 * @param rows of a block, 64 or 128
 * @param columns of a block
 * @param threadRows of a thread, a multiple of 4
 * @param threadColumns of a thread, 2 or a multiple of 4
 */
public record MatrixTile(int rows, int columns, int threadRows, int threadColumns) {
  /** Terms of every output that lie in shared memory at a time. */
  static final int DEPTH = 8;

  private static final MatrixTile LARGE = new MatrixTile(128, 128, 8, 8);
  private static final MatrixTile MEDIUM = new MatrixTile(64, 64, 4, 4);
  private static final MatrixTile NARROW = new MatrixTile(128, 32, 4, 4);
  private static final MatrixTile NARROWEST = new MatrixTile(128, 16, 4, 2);

  /** The cut for so many rows and columns on a device of so many multiprocessors. */
  public static MatrixTile of(long rows, int columns, int multiprocessors) {
    if (columns <= 16) {
      return NARROWEST;
    }
    if (columns <= 32) {
      return NARROW;
    }
    boolean fills = LARGE.blocks(rows, columns) >= multiprocessors;
    return columns > 64 && fills ? LARGE : MEDIUM;
  }

  private long blocks(long height, int width) {
    return (height + rows - 1) / rows * ((width + columns - 1) / columns);
  }

  /** The columns that weights lie apart for {@code columns} outputs; those too many are zero. */
  public static int padded(int columns) {
    int unit = columns <= 32 ? 32 : columns <= 64 ? 64 : 128;
    return (columns + unit - 1) / unit * unit;
  }

  /** The rows of weights that there are for {@code terms} terms; those too many are zero. */
  public static int paddedTerms(int terms) {
    return (terms + SpikeTile.TERMS - 1) / SpikeTile.TERMS * SpikeTile.TERMS;
  }

  int threads() {
    return rows / threadRows * (columns / threadColumns);
  }

  /** Numbers that a thread brings to shared memory for each step of {@link #DEPTH} terms. */
  int rowLoads() {
    return rows * DEPTH / threads();
  }

  /** Columns that a thread reads from shared memory at once. */
  int vector() {
    return Math.min(4, threadColumns);
  }
}
