package org.velella.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The trials of several spaces, one space after the other. What a space does not set stays {@link
 * #UNSET} in its trials, so parameters can be conditional: {@code kind=a} with one set of
 * parameters, {@code kind=b} with another.
 */
public final class UnionSpace implements ParameterSpace {
  private final List<ParameterSpace> spaces;
  private final List<Parameter> parameters;

  /** For each space and each of its parameters, the place of the parameter here. */
  private final int[][] places;

  /** For each space and each of its parameters, the place here of each of its labels. */
  private final int[][][] labels;

  private final long[] ends;

  /**
   * @throws IllegalArgumentException if a parameter is a number in one space and a text in another
   */
  public UnionSpace(List<ParameterSpace> spaces) {
    this.spaces = List.copyOf(spaces);
    parameters = merge(spaces);
    places = new int[spaces.size()][];
    labels = new int[spaces.size()][][];
    ends = new long[spaces.size()];
    List<String> paths = parameters.stream().map(Parameter::path).toList();
    long end = 0;
    for (int s = 0; s < places.length; s++) {
      List<Parameter> own = spaces.get(s).parameters();
      places[s] = own.stream().mapToInt(parameter -> paths.indexOf(parameter.path())).toArray();
      labels[s] = new int[own.size()][];
      for (int p = 0; p < own.size(); p++) {
        List<String> all = parameters.get(places[s][p]).labels();
        labels[s][p] = own.get(p).labels().stream().mapToInt(all::indexOf).toArray();
      }
      end = Math.addExact(end, spaces.get(s).trials());
      ends[s] = end;
    }
  }

  private static List<Parameter> merge(List<ParameterSpace> spaces) {
    Map<String, Set<String>> labels = new LinkedHashMap<>();
    for (ParameterSpace space : spaces) {
      for (Parameter parameter : space.parameters()) {
        Set<String> known = labels.get(parameter.path());
        if (known != null && known.isEmpty() != parameter.isNumber()) {
          throw new IllegalArgumentException(
              "Parameter %s is a number in one space and a text in another"
                  .formatted(parameter.path()));
        }
        labels
            .computeIfAbsent(parameter.path(), path -> new LinkedHashSet<>())
            .addAll(parameter.labels());
      }
    }
    List<Parameter> merged = new ArrayList<>();
    labels.forEach((path, all) -> merged.add(new Parameter(path, List.copyOf(all))));
    return List.copyOf(merged);
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public long trials() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  @Override
  public void row(long trial, double[] row, int at) {
    int s = 0;
    while (trial >= ends[s]) {
      s++;
    }
    Arrays.fill(row, at, at + parameters.size(), UNSET);
    double[] own = new double[places[s].length];
    spaces.get(s).row(s == 0 ? trial : trial - ends[s - 1], own, 0);
    for (int p = 0; p < own.length; p++) {
      boolean label = labels[s][p].length > 0 && !Double.isNaN(own[p]);
      row[at + places[s][p]] = label ? labels[s][p][(int) own[p]] : own[p];
    }
  }
}
