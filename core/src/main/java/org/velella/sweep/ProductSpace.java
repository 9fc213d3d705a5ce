package org.velella.sweep;

import java.util.List;

/**
 * Every trial of one space with every trial of the others: a grid, if those are lists. The last
 * space varies fastest.
 */
public final class ProductSpace implements ParameterSpace {
  private final List<ParameterSpace> spaces;
  private final List<Parameter> parameters;
  private final long trials;

  /**
   * @throws IllegalArgumentException if two spaces set the same parameter, or there are more than
   *     2^63 - 1 trials
   */
  public ProductSpace(List<ParameterSpace> spaces) {
    this.spaces = List.copyOf(spaces);
    parameters = Parameter.disjoint(spaces);
    long product = 1;
    for (ParameterSpace space : spaces) {
      try {
        product = Math.multiplyExact(product, space.trials());
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("The product has more trials than can be counted", e);
      }
    }
    trials = product;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public long trials() {
    return trials;
  }

  @Override
  public void row(long trial, double[] row, int at) {
    long rest = trial;
    int end = at + parameters.size();
    for (int s = spaces.size() - 1; s >= 0; s--) {
      ParameterSpace space = spaces.get(s);
      end -= space.parameters().size();
      space.row(rest % space.trials(), row, end);
      rest /= space.trials();
    }
  }
}
