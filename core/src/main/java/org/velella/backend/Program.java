package org.velella.backend;

import org.velella.plan.Plan;
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

  /** Whether an input that is the same at every step may be {@linkplain Chunk#held held}. */
  default boolean holds(int input) {
    return false;
  }

  /**
   * Whether a visible value is 0 or 1 at every step and this program would rather count its spikes
   * than write them; see {@link Chunk#totals}.
   */
  default boolean counts(int value) {
    return false;
  }

  /** Bytes that a step of the tile takes in buffers that last a chunk. */
  default long bytesPerStep(Plan plan, ChunkUse use) {
    return plan.floatsPerStep() * Float.BYTES;
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
