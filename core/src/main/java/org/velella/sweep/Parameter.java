package org.velella.sweep;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a sweep varies: a number, or one of some texts.
 *
 * @param path dotted, such as {@code lif.tau}
 * @param labels the texts, each once; none for a number
 */
public record Parameter(String path, List<String> labels) {
  /**
   * @throws IllegalArgumentException if the path is blank or a label comes twice
   */
  public Parameter {
    labels = List.copyOf(labels);
    if (path.isBlank()) {
      throw new IllegalArgumentException("A parameter needs a path, such as lif.tau");
    }
    Set<String> seen = new HashSet<>();
    for (String label : labels) {
      if (!seen.add(label)) {
        throw new IllegalArgumentException("Parameter %s has '%s' twice".formatted(path, label));
      }
    }
  }

  /** A parameter that is a number. */
  public static Parameter number(String path) {
    return new Parameter(path, List.of());
  }

  /** Whether its values are numbers. */
  public boolean isNumber() {
    return labels.isEmpty();
  }

  /** A value as users write it; empty if it is unset. */
  public String text(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    return isNumber() ? Double.toString(value) : labels.get((int) value);
  }

  /**
   * The parameters of several spaces side by side.
   *
   * @throws IllegalArgumentException if two spaces set the same parameter
   */
  static List<Parameter> disjoint(List<? extends ParameterSpace> spaces) {
    Set<String> paths = new HashSet<>();
    return spaces.stream()
        .flatMap(space -> space.parameters().stream())
        .peek(
            parameter -> {
              if (!paths.add(parameter.path())) {
                throw new IllegalArgumentException(
                    "Parameter %s is set twice for the same trial; give it one set of values"
                        .formatted(parameter.path()));
              }
            })
        .toList();
  }
}
