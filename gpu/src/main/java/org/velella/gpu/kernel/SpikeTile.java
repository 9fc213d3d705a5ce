package org.velella.gpu.kernel;

/**
 * How the kernels that visit spikes only cut their work: a block of eight warps, each with {@code
 * warpRows} rows; a lane owns {@code laneColumns} neighbouring columns of all rows of its warp.
 *
 * @param warpRows rows of a warp, at most 32
 * @param laneColumns 1, 2 or 4
 */
public record SpikeTile(int warpRows, int laneColumns) {
  static final int WARPS = 8;
  static final int THREADS = 32 * WARPS;

  /** Terms whose weights lie in shared memory at a time. */
  static final int TERMS = 64;

  /** The cut for so many rows and columns on a device of so many multiprocessors. */
  public static SpikeTile of(long rows, int columns, int multiprocessors) {
    int laneColumns = columns <= 32 ? 1 : columns <= 64 ? 2 : 4;
    long across = (columns + 32 * laneColumns - 1) / (32 * laneColumns);
    int warpRows = 16;
    while (warpRows > 1
        && (rows + WARPS * warpRows - 1) / (WARPS * warpRows) * across < 2L * multiprocessors) {
      warpRows /= 2;
    }
    return new SpikeTile(warpRows, laneColumns);
  }

  /**
   * The part of all bits up to which visiting spikes pays, roughly: the fewer columns a lane has,
   * the more of its time goes into finding the bits.
   */
  public double mostDensity() {
    return laneColumns == 4 ? 0.25 : laneColumns == 2 ? 0.2 : 0.1;
  }

  /** Rows of a block. */
  public int rows() {
    return WARPS * warpRows;
  }

  /** Columns of a block. */
  public int columns() {
    return 32 * laneColumns;
  }
}
