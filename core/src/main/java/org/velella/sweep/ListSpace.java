package org.velella.sweep;

import com.fasterxml.jackson.core.io.NumberInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Trials that are listed one by one: the values of one parameter, or the rows of a table. */
public final class ListSpace implements ParameterSpace {
  private final List<Parameter> parameters;
  private final double[][] columns;
  private final int trials;

  /**
   * Trials from the columns of a table.
   *
   * @param columns for each parameter its values by trial
   * @throws IllegalArgumentException if there are no trials, a column has another length, a number
   *     is infinite, or the value of a parameter with labels is not the place of one
   */
  public ListSpace(List<Parameter> parameters, double[][] columns) {
    this.parameters = List.copyOf(parameters);
    this.columns = Arrays.stream(columns).map(double[]::clone).toArray(double[][]::new);
    if (parameters.isEmpty() || columns.length != parameters.size()) {
      throw new IllegalArgumentException(
          "%d columns for %d parameters".formatted(columns.length, parameters.size()));
    }
    trials = columns[0].length;
    for (int p = 0; p < columns.length; p++) {
      requireValues(parameters.get(p), columns[p]);
    }
  }

  private void requireValues(Parameter parameter, double[] values) {
    if (values.length == 0 || values.length != trials) {
      throw new IllegalArgumentException(
          "Parameter %s has %d values, %s has %d; every trial needs one"
              .formatted(parameter.path(), values.length, parameters.get(0).path(), trials));
    }
    for (int i = 0; i < values.length; i++) {
      boolean place = values[i] == Math.rint(values[i]) && values[i] >= 0;
      boolean label = place && values[i] < parameter.labels().size();
      if (Double.isInfinite(values[i])
          || !parameter.isNumber() && !label && !Double.isNaN(values[i])) {
        throw new IllegalArgumentException(
            "Parameter %s cannot have the value %s of trial %d"
                .formatted(parameter.path(), values[i], i));
      }
    }
  }

  /** The values of one number, in order. */
  public static ListSpace numbers(String path, double... values) {
    return new ListSpace(List.of(Parameter.number(path)), new double[][] {values});
  }

  /** The texts of one parameter, in order; the same text may come several times. */
  public static ListSpace texts(String path, List<String> values) {
    List<String> labels = new ArrayList<>(new LinkedHashSet<>(values));
    double[] places = values.stream().mapToDouble(labels::indexOf).toArray();
    return new ListSpace(List.of(new Parameter(path, labels)), new double[][] {places});
  }

  /** Numbers, if all that is not blank is one, else texts; what is blank is unset. */
  static ListSpace parse(String path, List<String> values) {
    double[] numbers = new double[values.size()];
    try {
      // There may be millions, and Java's own reader takes a while for each.
      Arrays.parallelSetAll(
          numbers,
          i -> values.get(i).isBlank() ? UNSET : NumberInput.parseDouble(values.get(i), true));
      return new ListSpace(List.of(Parameter.number(path)), new double[][] {numbers});
    } catch (NumberFormatException e) {
      List<String> labels =
          new ArrayList<>(new LinkedHashSet<>(values.stream().filter(v -> !v.isBlank()).toList()));
      Arrays.fill(numbers, UNSET);
      Map<String, Integer> places = new HashMap<>();
      labels.forEach(label -> places.put(label, places.size()));
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = places.containsKey(values.get(i)) ? places.get(values.get(i)) : UNSET;
      }
      return new ListSpace(List.of(new Parameter(path, labels)), new double[][] {numbers});
    }
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
    for (int p = 0; p < columns.length; p++) {
      row[at + p] = columns[p][(int) trial];
    }
  }
}
