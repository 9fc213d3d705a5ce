package org.velella.backend;

import org.velella.plan.TileParameters;

/** A compiled plan; serves any number of tiles of the plan's shape, one after the other. */
public interface Program extends AutoCloseable {
  /**
   * Opens one tile with fresh memories at their initial values.
   *
   * @param parameters values that differ between samples
   */
  TileRun open(TileParameters parameters);

  /**
   * Whether a visible value is 0 or 1 at every step and this program would rather write it as bits;
   * see {@link Chunk#packed}.
   */
  default boolean packs(int value) {
    return false;
  }

  /**
   * How many bytes a chunk's buffers best take, as far as this program can tell: it never shows in
   * results.
   */
  default long chunkBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  void close();
}
