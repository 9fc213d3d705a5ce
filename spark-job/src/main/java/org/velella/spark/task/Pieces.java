package org.velella.spark.task;

/**
 * How what a task computes between two checkpoints is cut into pieces, each of which all tiles
 * finish before any of them begins the next one. So a task that is to end can save a state soon
 * that all its rows have reached. Results do not depend on it.
 */
interface Pieces {
  /** One piece, whose end is that of the interval: for whoever saves nothing on the way. */
  Pieces NONE =
      new Pieces() {
        @Override
        public boolean areToEnd() {
          return false;
        }

        @Override
        public long end(long step, long to, int rows) {
          return to;
        }
      };

  /** Whether the task is to begin no further piece. */
  boolean areToEnd();

  /**
   * The end of the piece that begins at a step.
   *
   * @param to where the last piece ends
   * @param rows that run
   */
  long end(long step, long to, int rows);

  /** Learns from a piece that was computed. */
  default void ran(long steps, int rows, long nanos) {}
}
