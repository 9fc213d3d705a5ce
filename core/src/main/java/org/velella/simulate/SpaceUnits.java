package org.velella.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.velella.equation.Unit;
import org.velella.network.Network;
import org.velella.network.ParameterPaths;
import org.velella.sweep.SpaceText;
import org.velella.sweep.Trials;

/**
 * Values of a parameter space that are written with a unit, such as {@code lif.tau=2 ms:0.02 s:19}:
 * they become the numbers that they are in the unit that the neurons' models declare.
 */
public final class SpaceUnits {
  private static final Set<String> LISTS = Set.of("product", "grid", "zip", "union");
  private static final String TABLE = "table";
  private static final String VARY = "vary";

  private final Network network;

  /** Made when the first value with a unit comes. */
  private ParameterPaths paths;

  private SpaceUnits(Network network) {
    this.network = network;
  }

  /**
   * The same space with numbers alone. What is no space stays as it is; whoever parses it refuses
   * it.
   *
   * @param space as {@link org.velella.sweep.Spaces} reads it
   * @throws IllegalArgumentException if the parameter of a value with a unit declares none, or one
   *     of something else; the message names it
   */
  public static JsonNode numbers(JsonNode space, Network network) {
    return new SpaceUnits(network).space(space);
  }

  private JsonNode space(JsonNode node) {
    if (node.isTextual()) {
      return text(node);
    }
    if (!node.isObject() || node.size() != 1) {
      return node;
    }
    ObjectNode copy = ((ObjectNode) node).objectNode();
    String kind = node.fieldNames().next();
    JsonNode value = node.get(kind);
    if (LISTS.contains(kind)) {
      return copy.set(kind, each(value, this::space));
    }
    return copy.set(kind, kind.equals(TABLE) ? table(value) : sampled(value));
  }

  private static JsonNode each(JsonNode list, UnaryOperator<JsonNode> change) {
    if (!list.isArray()) {
      return list;
    }
    ArrayNode changed = ((ArrayNode) list).arrayNode();
    list.forEach(node -> changed.add(change.apply(node)));
    return changed;
  }

  private JsonNode table(JsonNode columns) {
    if (!columns.isObject()) {
      return columns;
    }
    ObjectNode copy = ((ObjectNode) columns).objectNode();
    columns
        .fieldNames()
        .forEachRemaining(
            path -> {
              UnaryOperator<JsonNode> cell =
                  value ->
                      value.isTextual() ? TextNode.valueOf(number(path, value.textValue())) : value;
              copy.set(path, each(columns.get(path), cell));
            });
    return copy;
  }

  private JsonNode sampled(JsonNode value) {
    if (!value.isObject() || !value.path(VARY).isArray()) {
      return value;
    }
    ObjectNode copy = ((ObjectNode) value).deepCopy();
    return copy.set(VARY, each(value.get(VARY), this::text));
  }

  /** Of a text without units, not a blank changes, for it may be written down as it is. */
  private JsonNode text(JsonNode node) {
    String text = node.asText();
    boolean units = Arrays.stream(text.split("[=:,]")).anyMatch(Unit::isQuantity);
    return units ? TextNode.valueOf(SpaceText.replaceValues(text, this::number)) : node;
  }

  /** A value as it is, but for one with a unit, which becomes the shortest text of its number. */
  private String number(String path, String value) {
    // Most have none, and tables may be long.
    if (value.indexOf(' ') < 0 || path.equals(Trials.WEIGHTS) || !Unit.isQuantity(value)) {
      return value;
    }
    if (paths == null) {
      paths = new ParameterPaths(network);
    }
    double number;
    try {
      if (path.startsWith(Stimulus.PREFIX)) {
        throw new IllegalArgumentException(
            "an input declares no unit; write its values without one");
      }
      number = paths.unit(path).valueOf(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s=%s: %s".formatted(path, value, e.getMessage()), e);
    }
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }
}
