package org.velella.backend;

import org.velella.plan.LinearOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.Stage;

/**
 * How many steps ops run at a time, one op after the other. A window whose buffers stay in the
 * cache is best, unless it is so short that large layers read all of their weights from memory for
 * a few rows. Never shows in results.
 */
final class WindowLength {
  /** What a byte between ops costs once it leaves the cache, where one of a weight costs 1. */
  private static final long SPILLED = 2;

  private final long cache;

  /** Bytes of the weights that no cache keeps from one window to the next. */
  private final long weights;

  /** Steps that have as many rows for each of those layers as its weights are to be shared by. */
  private final long sharing;

  /**
   * @param cache bytes that buffers may take, and that weights stay in if they are no larger
   */
  WindowLength(Plan plan, long cache) {
    this.cache = cache;
    long bytes = 0;
    long steps = 1;
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (!stage.stepped() && op instanceof LinearOp linear) {
          long size = (long) linear.inputs() * linear.outputs() * Float.BYTES;
          if (size > cache) {
            bytes += size;
            long rows = (long) plan.batch() * linear.rows();
            // Buffers take half of the second-level cache.
            steps = Math.max(steps, (Caches.sharingRows(size, 2 * cache) + rows - 1) / rows);
          }
        }
      }
    }
    weights = bytes;
    sharing = steps;
  }

  /**
   * Steps of a window.
   *
   * @param perStep bytes between ops of one step
   * @param capacity the most steps there are
   */
  int steps(long perStep, int capacity) {
    long cached = perStep == 0 ? capacity : Math.max(1, cache / perStep);
    boolean pays = weights / cached > weights / sharing + SPILLED * perStep;
    return (int) Math.min(capacity, pays ? Math.max(cached, sharing) : cached);
  }
}
