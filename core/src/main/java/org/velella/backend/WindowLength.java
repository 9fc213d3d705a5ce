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
  /** Rows for which reading a weight takes about a tenth of the time of using it. */
  private static final long SHARING_ROWS = 128;

  /** What a byte between ops costs once it leaves the cache, where one of a weight costs 1. */
  private static final long SPILLED = 2;

  private final long cache;

  /** Bytes of the weights that no cache keeps from one window to the next. */
  private final long weights;

  /** Steps that have so many rows for each of those layers. */
  private final long sharing;

  /**
   * @param cache bytes that buffers may take, and that weights stay in if they are no larger
   */
  WindowLength(Plan plan, long cache) {
    this.cache = cache;
    long bytes = 0;
    long fewest = SHARING_ROWS;
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (!stage.stepped() && op instanceof LinearOp linear) {
          long size = (long) linear.inputs() * linear.outputs() * Float.BYTES;
          if (size > cache) {
            bytes += size;
            fewest = Math.min(fewest, (long) plan.batch() * linear.rows());
          }
        }
      }
    }
    weights = bytes;
    sharing = (SHARING_ROWS + fewest - 1) / fewest;
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
