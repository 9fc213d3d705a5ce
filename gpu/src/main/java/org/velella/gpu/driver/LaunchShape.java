package org.velella.gpu.driver;

/**
 * How many threads a kernel is started with.
 *
 * @param gridX blocks, at most 2^31 - 1; {@code gridY} and {@code gridZ} at most 65535
 * @param blockX threads of a block; all three together at most 1024
 * @param dynamicShared bytes of shared memory of each block, beside what the kernel declares
 */
public record LaunchShape(
    int gridX, int gridY, int gridZ, int blockX, int blockY, int dynamicShared) {
  public LaunchShape {
    if (gridX < 1 || gridY < 1 || gridZ < 1 || blockX < 1 || blockY < 1 || dynamicShared < 0) {
      throw new IllegalArgumentException(
          "Not a launch shape: grid %d x %d x %d, block %d x %d, %d bytes of shared memory"
              .formatted(gridX, gridY, gridZ, blockX, blockY, dynamicShared));
    }
  }

  /** A row of blocks that are rows of threads. */
  public static LaunchShape of(int blocks, int threads) {
    return new LaunchShape(blocks, 1, 1, threads, 1, 0);
  }

  /** Threads of a block. */
  public int threads() {
    return Math.multiplyExact(blockX, blockY);
  }
}
