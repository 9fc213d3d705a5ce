package org.velella.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Spaces as data, so that they can stand in job files and be built again on any machine. A space is
 * a string, which is one parameter's values ({@link SpaceText#axis}), or an object with one of:
 *
 * <pre>
 * {"product": [space, …]}   every trial of each with every trial of the others; "grid" is the same
 * {"zip": [space, …]}       trial i of all together
 * {"table": {"lif.tau": ["2", "0x1.8p1", …], "weights": ["a", "b", …]}}     row by row
 * {"columns": {"lif.tau": {"numbers": ["2.0,3.0", …]}, …}}     the same, see {@link TrialTable}
 * {"union": [space, …]}     one after the other; what one does not set stays as it is
 * {"random": {"trials": 100, "seed": 1, "vary": ["lif.tau=uniform:2:20", …]}}
 * {"latin-hypercube": …}    as random
 * {"sobol": …}              as random
 * </pre>
 */
public final class Spaces {
  private static final Set<String> KINDS =
      Set.of(
          "product",
          "grid",
          "zip",
          "table",
          TrialTable.KIND,
          "union",
          "random",
          "latin-hypercube",
          "sobol");

  private Spaces() {}

  /**
   * The space that some JSON or YAML describes.
   *
   * @throws IllegalArgumentException if it has another form; the message names the part
   */
  public static ParameterSpace parse(JsonNode node) {
    if (node.isTextual()) {
      return SpaceText.axis(node.textValue());
    }
    if (!node.isObject() || node.size() != 1 || !KINDS.contains(node.fieldNames().next())) {
      throw new IllegalArgumentException(
          "A parameter space is 'path=values' or one of %s, found %s"
              .formatted(KINDS.stream().sorted().toList(), node));
    }
    String kind = node.fieldNames().next();
    JsonNode value = node.get(kind);
    return switch (kind) {
      case "product", "grid" -> new ProductSpace(list(kind, value));
      case "zip" -> new ZipSpace(list(kind, value));
      case "union" -> new UnionSpace(list(kind, value));
      case "table" -> table(value);
      case TrialTable.KIND -> TrialTable.parse(value);
      default -> sampled(kind, value);
    };
  }

  private static List<ParameterSpace> list(String kind, JsonNode value) {
    if (!value.isArray() || value.isEmpty()) {
      throw new IllegalArgumentException(
          "'%s' takes a list of parameter spaces, found %s".formatted(kind, value));
    }
    List<ParameterSpace> spaces = new ArrayList<>();
    value.forEach(each -> spaces.add(parse(each)));
    return spaces;
  }

  /** Columns of numbers, or of texts if one of the values is no number; empty is unset. */
  private static ParameterSpace table(JsonNode value) {
    if (!value.isObject() || value.isEmpty()) {
      throw new IllegalArgumentException(
          "'table' takes lists of values by parameter, found " + value);
    }
    List<ParameterSpace> columns = new ArrayList<>();
    value
        .fieldNames()
        .forEachRemaining(
            path -> {
              List<String> texts = new ArrayList<>();
              value.get(path).forEach(cell -> texts.add(cell.asText()));
              columns.add(ListSpace.parse(path, texts));
            });
    return new ZipSpace(columns);
  }

  private static ParameterSpace sampled(String kind, JsonNode value) {
    JsonNode vary = value.path("vary");
    long trials = whole(kind, value, "trials");
    long seed = value.has("seed") ? whole(kind, value, "seed") : 0;
    for (var names = value.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!Set.of("vary", "trials", "seed").contains(name)) {
        throw new IllegalArgumentException(
            "'%s' knows trials, seed and vary, found '%s'".formatted(kind, name));
      }
    }
    Map<String, Distribution> distributions = new LinkedHashMap<>();
    for (JsonNode each : vary) {
      Map.Entry<String, Distribution> one = SpaceText.distribution(each.asText());
      if (distributions.put(one.getKey(), one.getValue()) != null) {
        throw new IllegalArgumentException("'%s' varies %s twice".formatted(kind, one.getKey()));
      }
    }
    return switch (kind) {
      case "random" -> SampledSpace.random(distributions, trials, seed);
      case "latin-hypercube" -> SampledSpace.latinHypercube(distributions, trials, seed);
      default -> SampledSpace.sobol(distributions, trials, seed);
    };
  }

  /** YAML may give numbers as text. */
  private static long whole(String kind, JsonNode value, String key) {
    JsonNode node = value.path(key);
    try {
      return Long.parseLong(node.asText());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' needs a whole number of %s, found %s".formatted(kind, key, node), e);
    }
  }
}
