package org.velella.gpu;

import org.velella.gpu.driver.LaunchShape;
import org.velella.gpu.kernel.MatrixTile;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.SpikeTile;

/** The grids of the matrix kernels. */
final class Grids {
  private Grids() {}

  /** Blocks that share rows run side by side: rows are read once, weights come again. */
  static LaunchShape of(MatrixTile tile, PtxKernel kernel, int rows, int columns, int groups) {
    int down = (rows + tile.rows() - 1) / tile.rows();
    int across = (columns + tile.columns() - 1) / tile.columns();
    int blocks = Math.multiplyExact(down, across);
    return new LaunchShape(blocks, 1, groups, kernel.threads(), 1, 0);
  }

  /** Blocks that share weights run side by side, for bits take little room. */
  static LaunchShape of(SpikeTile tile, PtxKernel kernel, int rows, int columns, int groups) {
    int down = (rows + tile.rows() - 1) / tile.rows();
    int across = (columns + tile.columns() - 1) / tile.columns();
    return new LaunchShape(down, across, groups, kernel.threads(), 1, 0);
  }
}
