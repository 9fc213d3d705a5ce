package org.velella.sweep;

import java.util.List;

/** Trial i of every space together: values that vary in step. */
public final class ZipSpace implements ParameterSpace {
  private final List<ParameterSpace> spaces;
  private final List<Parameter> parameters;

  /**
   * @throws IllegalArgumentException if the spaces have different numbers of trials, or two set the
   *     same parameter
   */
  public ZipSpace(List<ParameterSpace> spaces) {
    this.spaces = List.copyOf(spaces);
    parameters = Parameter.disjoint(spaces);
    for (ParameterSpace space : spaces) {
      if (space.trials() != spaces.get(0).trials()) {
        throw new IllegalArgumentException(
            "Values that vary together must be equally many: %s has %d, %s has %d"
                .formatted(
                    spaces.get(0).parameters().get(0).path(),
                    spaces.get(0).trials(),
                    space.parameters().get(0).path(),
                    space.trials()));
      }
    }
    if (spaces.isEmpty()) {
      throw new IllegalArgumentException("There is nothing to zip");
    }
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public long trials() {
    return spaces.get(0).trials();
  }

  @Override
  public void row(long trial, double[] row, int at) {
    int from = at;
    for (ParameterSpace space : spaces) {
      space.row(trial, row, from);
      from += space.parameters().size();
    }
  }
}
