package org.velella.spark.task;

import java.util.stream.IntStream;
import org.velella.simulate.StopRule;
import org.velella.simulate.TileState;

/**
 * Which rows of a range still run: a trial may have fewer steps than the run, and a rule may stop a
 * row early. Where a row stops depends on nothing but its trial and its own spikes.
 */
final class Halting {
  /** Null if there is none. */
  private final StopRule rule;

  private final double dt;

  Halting(TaskSpec spec) {
    rule = spec.stopRule().orElse(null);
    dt = spec.dt();
  }

  /** A fresh state with what is kept of stopping. */
  TileState fresh(TileState state) {
    return rule == null ? state : StopRule.fresh(state);
  }

  /**
   * The rows that a later step than {@code step} has, ascending.
   *
   * @param state of them, or null before the first step
   */
  int[] running(RangeRows rows, TileState state, long step) {
    int[] stopped =
        rule == null || state == null ? null : state.statistics().get(StopRule.STOPPED_STEP).ints();
    return IntStream.range(0, rows.size())
        .filter(row -> rows.steps(row, Long.MAX_VALUE) > step)
        .filter(row -> stopped == null || stopped[row] < 0)
        .toArray();
  }

  /** Where the next of some rows may stop, at most at {@code to}. */
  long end(RangeRows rows, int[] running, long step, long to) {
    long end = rule == null ? to : Math.min(to, (step / rule.every() + 1) * rule.every());
    for (int row : running) {
      end = rows.steps(row, end);
    }
    return end;
  }

  /** The state of a tile, with those rows stopped that meet the rule. */
  TileState judged(TileState state) {
    return rule == null ? state : rule.judged(state, dt);
  }
}
