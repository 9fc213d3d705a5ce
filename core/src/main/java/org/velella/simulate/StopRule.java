package org.velella.simulate;

import java.util.List;
import org.velella.equation.EquationException;
import org.velella.equation.Formula;
import org.velella.network.Network;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * When a sample need not be simulated further: a condition on its outputs' spikes so far, looked at
 * after every so many steps of the run. A pure function of the sample's own spikes, so it is the
 * same however the run is cut. Immutable.
 *
 * <p>The condition, in the language of neuron equations, may read {@code rate}, {@code max_rate}
 * and {@code min_rate} (spikes per second since the first step: of the mean, the fastest and the
 * slowest output neuron), {@code spikes} (of all of them), {@code step} and {@code t} (steps and
 * seconds that are done).
 */
public final class StopRule {
  /** INT32 scalar: the steps after which a sample was stopped, or -1. */
  public static final String STOPPED_STEP = "stopped_step";

  /** Steps from one look to the next, unless a user says otherwise. */
  public static final int USUAL_EVERY = 100;

  private static final List<String> NAMES =
      List.of("rate", "max_rate", "min_rate", "spikes", "step", "t");

  private final Formula condition;
  private final int every;

  private StopRule(Formula condition, int every) {
    this.condition = condition;
    this.every = every;
  }

  /**
   * The rule of a condition, such as {@code rate > 200 and t > 0.1}.
   *
   * @param every steps from one look to the next
   * @throws IllegalArgumentException if it is no condition, or there is no such name
   */
  public static StopRule parse(String condition, int every) {
    if (every < 1) {
      throw new IllegalArgumentException(
          "A rule is looked at every " + every + " steps; give 1 or more");
    }
    Formula formula;
    try {
      formula = Formula.parse(condition, NAMES);
    } catch (EquationException e) {
      throw new IllegalArgumentException("'%s': %s".formatted(condition, e.getMessage()), e);
    }
    if (!formula.isCondition()) {
      throw new IllegalArgumentException(
          "'%s' is a number; give a condition, such as rate > 200".formatted(condition));
    }
    return new StopRule(formula, every);
  }

  /**
   * Checks that a network has what the rule reads.
   *
   * @throws IllegalArgumentException if its outputs are no spikes
   */
  public void requireOf(Network network) {
    if (!OutputMetrics.apply(network)) {
      throw new IllegalArgumentException(
          "'%s' reads spikes, and not every Output of the network passes on spikes"
              .formatted(condition.text()));
    }
  }

  /** The condition, in one form for all ways to write it. */
  @Override
  public String toString() {
    return condition.toString();
  }

  /** Steps from one look to the next. */
  public int every() {
    return every;
  }

  /** What is kept beside the other statistics. */
  public static Statistic statistic() {
    return new Statistic(STOPPED_STEP, DType.INT32, Shape.SCALAR, -1);
  }

  /** A fresh state in which no sample is stopped. */
  public static TileState fresh(TileState state) {
    return state.with(STOPPED_STEP, statistic().fresh(state.samples()));
  }

  /**
   * The state with those samples stopped that meet the condition, if it is time to look.
   *
   * @param dt seconds per step
   */
  public TileState judged(TileState state, double dt) {
    if (state.step() % every != 0) {
      return state;
    }
    Tensor stopped = state.statistics().get(STOPPED_STEP).copy();
    int width = state.spikeCounts().shape().dim(1);
    int[] counts = state.spikeCounts().ints();
    double seconds = state.step() * dt;
    for (int n = 0; n < state.samples(); n++) {
      long sum = 0;
      int most = 0;
      int least = Integer.MAX_VALUE;
      for (int i = n * width; i < (n + 1) * width; i++) {
        sum += counts[i];
        most = Math.max(most, counts[i]);
        least = Math.min(least, counts[i]);
      }
      double holds =
          condition.value(
              SpikeMetrics.rate(sum, width, seconds),
              most / seconds,
              least / seconds,
              sum,
              state.step(),
              seconds);
      if (stopped.ints()[n] < 0 && holds != 0) {
        stopped.ints()[n] = Math.toIntExact(state.step());
      }
    }
    return state.with(STOPPED_STEP, stopped);
  }
}
