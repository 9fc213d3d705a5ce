package org.velella.network.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.velella.tensor.Shape;

/** The nodes that traced layers become, with sizes from a state dict. */
final class TracedNodes {
  private final StateDict state;
  private final String prefix;
  private final ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
  private final List<String> models = new ArrayList<>();
  private final Set<String> ignored = new LinkedHashSet<>();
  private final List<String> notes = new ArrayList<>();

  TracedNodes(StateDict state, String prefix) {
    this.state = state;
    this.prefix = prefix;
  }

  ObjectNode add(String path, String op) {
    return nodes.addObject().put("path", path).put("op", op);
  }

  /** Says under a field what shape a layer's tensor has, if it has one. */
  boolean size(TracedLayer layer, String tensor, ObjectNode to, String field) {
    StateDict.Entry entry = state.entries().get(name(layer, tensor));
    if (entry == null) {
      return false;
    }
    ArrayNode shape = to.putArray(field);
    Arrays.stream(entry.shape().toArray()).forEach(shape::add);
    return true;
  }

  /** As {@link #size}, of a tensor that must be there. */
  void requiredSize(TracedLayer layer, String tensor, ObjectNode to, String field) {
    if (!size(layer, tensor, to, field)) {
      throw missing(layer, tensor);
    }
  }

  /** Says that a neuron's parameter comes from the state dict, for all neurons or for each. */
  void parameter(TracedLayer layer, String name, ObjectNode parameters) {
    StateDict.Entry entry = state.entries().get(name(layer, name));
    if (entry == null) {
      throw missing(layer, name);
    }
    Shape shape = entry.shape();
    ArrayNode said = parameters.putArray(name);
    if (Arrays.stream(shape.toArray()).anyMatch(length -> length != 1)) {
      Arrays.stream(shape.toArray()).forEach(said::add);
    }
  }

  private RuntimeException missing(TracedLayer layer, String tensor) {
    return layer.refused(
        "%s has no tensor '%s' for it".formatted(state.file(), name(layer, tensor)));
  }

  private String name(TracedLayer layer, String tensor) {
    return prefix + layer.path() + "." + tensor;
  }

  /** Notes that a tensor, if it is there, has no use. */
  void ignore(TracedLayer layer, String tensor) {
    if (state.entries().containsKey(name(layer, tensor))) {
      ignored.add(name(layer, tensor));
    }
  }

  /** The number of a model's text. */
  int model(String text) {
    if (!models.contains(text)) {
      models.add(text);
    }
    return models.indexOf(text);
  }

  void note(String text) {
    notes.add(text);
  }

  ArrayNode nodes() {
    return nodes;
  }

  List<String> models() {
    return models;
  }

  Set<String> ignored() {
    return ignored;
  }

  List<String> notes() {
    return notes;
  }
}
