package org.velella.gpu;

/** An op made ready to run on a device. */
interface OpRunner {
  /** Puts the op's work for steps {@code [t, t + steps)} of the window into the tile's stream. */
  void run(CudaTileRun tile, int t, int steps);
}
