package org.velella.network.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.velella.network.NetworkException;

/** One layer as a recipe saw its first call. */
final class TracedLayer {
  private final String path;
  private final String type;
  private final int rank;
  private final long in;
  private final long out;
  private final JsonNode attributes;

  TracedLayer(JsonNode call) {
    path = call.get(0).textValue();
    // Python prints a class as <class 'torch.nn.modules.linear.Linear'>.
    type = call.get(1).textValue().replaceAll("^<class '|'>$", "");
    rank = call.get(2).intValue();
    in = call.get(3).longValue();
    out = call.get(4).longValue();
    attributes = call.get(5);
  }

  String path() {
    return path;
  }

  /** The class without its packages. */
  String name() {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  /** Whether the class is one of a package or of those inside it. */
  boolean isOf(String python) {
    return type.startsWith(python + ".");
  }

  /** How many axes its input had, time and batch among them. */
  int rank() {
    return rank;
  }

  /** Where its input and its output lay in memory. */
  long in() {
    return in;
  }

  long out() {
    return out;
  }

  NetworkException refused(String why) {
    return new NetworkException("Layer '%s' (%s): %s".formatted(path, type, why));
  }

  /** An attribute; JSON's null where it is None or not there. */
  JsonNode attribute(String name) {
    JsonNode found = attributes.path(name);
    return found.isMissingNode() ? NullNode.instance : found;
  }

  double number(String name) {
    JsonNode found = attribute(name);
    if (!found.isNumber()) {
      throw refused("its attribute '%s' is %s, which is no number".formatted(name, found));
    }
    return found.doubleValue();
  }

  boolean truth(String name) {
    return attribute(name).asBoolean();
  }

  /** Refuses a value that Velella's counterpart does not have; what is not there is none. */
  void requireOnly(String name, Object value) {
    JsonNode found = attribute(name);
    if (!found.isNull() && !found.asText().equals(String.valueOf(value))) {
      throw refused(
          "its attribute '%s' is %s, and only %s can be said".formatted(name, found, value));
    }
  }
}
