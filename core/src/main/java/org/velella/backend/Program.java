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

  @Override
  void close();
}
