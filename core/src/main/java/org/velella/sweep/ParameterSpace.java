package org.velella.sweep;

import java.util.Arrays;
import java.util.List;

/**
 * Some trials, numbered from 0, and the parameter values of each: a pure function of the trial's
 * number. Immutable and safe for several threads.
 */
public interface ParameterSpace {
  /** The value of a parameter that a trial leaves as the network has it. */
  double UNSET = Double.NaN;

  /** The parameters that trials set, each once. */
  List<Parameter> parameters();

  /** How many trials there are. */
  long trials();

  /**
   * Writes one trial's values, in the order of {@link #parameters()}: numbers, for parameters with
   * labels the place of a label, or {@link #UNSET}.
   *
   * @param trial in {@code [0, trials())}
   * @param row takes the values from {@code at} on
   */
  void row(long trial, double[] row, int at);

  /** One trial's values. */
  default double[] row(long trial) {
    if (trial < 0 || trial >= trials()) {
      throw new IndexOutOfBoundsException("Trial " + trial + " of " + trials());
    }
    double[] row = new double[parameters().size()];
    Arrays.fill(row, UNSET);
    row(trial, row, 0);
    return row;
  }
}
