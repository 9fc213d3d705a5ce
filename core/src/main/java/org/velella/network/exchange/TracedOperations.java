package org.velella.network.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** Layers without memories, of PyTorch and SpikingJelly, as nodes. */
final class TracedOperations {
  private static final Set<String> NAMES =
      Set.of(
          "Linear",
          "Conv1d",
          "Conv2d",
          "BatchNorm1d",
          "BatchNorm2d",
          "AvgPool1d",
          "AvgPool2d",
          "MaxPool1d",
          "MaxPool2d",
          "Flatten",
          "ReLU",
          "Dropout",
          "Dropout1d",
          "Dropout2d",
          "Identity");

  private TracedOperations() {}

  static boolean knows(TracedLayer layer) {
    boolean ours = layer.isOf("torch.nn") || layer.isOf("spikingjelly.activation_based.layer");
    return ours && NAMES.contains(layer.name());
  }

  /**
   * Adds the node of a layer.
   *
   * @param rank axes of its input, without time and batch
   * @return axes of its output
   */
  static int add(TracedLayer layer, int rank, TracedNodes nodes) {
    switch (layer.name()) {
      case "Linear" -> weighted(layer, nodes.add(layer.path(), "linear"), nodes);
      case "Conv1d", "Conv2d" -> convolution(layer, nodes);
      case "BatchNorm1d", "BatchNorm2d" -> batchNorm(layer, nodes);
      case "AvgPool1d", "AvgPool2d" -> average(layer, nodes);
      case "MaxPool1d", "MaxPool2d" -> maximum(layer, nodes);
      case "ReLU" -> nodes.add(layer.path(), "neuron").put("model", "relu");
      case "Flatten" -> {
        return flatten(layer, rank, nodes);
      }
      default -> nodes.note("'%s' does nothing in evaluation".formatted(layer.path()));
    }
    return rank;
  }

  private static void weighted(TracedLayer layer, ObjectNode node, TracedNodes nodes) {
    nodes.requiredSize(layer, "weight", node, "weight");
    nodes.size(layer, "bias", node, "bias");
  }

  private static void convolution(TracedLayer layer, TracedNodes nodes) {
    layer.requireOnly("padding_mode", "zeros");
    layer.requireOnly("transposed", false);
    ObjectNode node = nodes.add(layer.path(), "conv");
    weighted(layer, node, nodes);
    for (String name : new String[] {"stride", "padding", "dilation", "groups"}) {
      node.set(name, layer.attribute(name));
    }
  }

  private static void batchNorm(TracedLayer layer, TracedNodes nodes) {
    ObjectNode node = nodes.add(layer.path(), "batch_norm");
    nodes.requiredSize(layer, "running_mean", node, "channels");
    node.put("channels", node.get("channels").path(0).intValue());
    node.put("epsilon", layer.number("eps"));
    node.put("affine", layer.truth("affine"));
    if (layer.truth("training")) {
      nodes.note(
          "'%s' was exported while training; it computes as in eval()".formatted(layer.path()));
    }
  }

  private static ObjectNode pool(TracedLayer layer, String mode, TracedNodes nodes) {
    layer.requireOnly("ceil_mode", false);
    ObjectNode node = nodes.add(layer.path(), "pool").put("mode", mode);
    int axes = layer.name().endsWith("1d") ? 1 : 2;
    node.set("kernel", each(layer.attribute("kernel_size"), axes, node));
    JsonNode stride = layer.attribute("stride");
    node.set("stride", stride.isNull() ? node.get("kernel") : each(stride, axes, node));
    node.set("padding", each(layer.attribute("padding"), axes, node));
    return node;
  }

  /** PyTorch takes one number for all axes. */
  private static JsonNode each(JsonNode value, int axes, ObjectNode factory) {
    if (value.isArray()) {
      return value;
    }
    ArrayNode all = factory.arrayNode();
    for (int axis = 0; axis < axes; axis++) {
      all.add(value);
    }
    return all;
  }

  private static void average(TracedLayer layer, TracedNodes nodes) {
    layer.requireOnly("divisor_override", "null");
    ObjectNode node = pool(layer, "average", nodes);
    node.put("divisor", layer.truth("count_include_pad") ? "WINDOW" : "VALID");
  }

  private static void maximum(TracedLayer layer, TracedNodes nodes) {
    layer.requireOnly("return_indices", false);
    JsonNode dilation = layer.attribute("dilation");
    ObjectNode node = pool(layer, "maximum", nodes);
    for (JsonNode one : each(dilation, 1, node)) {
      if (one.intValue() != 1) {
        throw layer.refused(
            "its attribute 'dilation' is %s, and only 1 can be said".formatted(dilation));
      }
    }
  }

  private static int flatten(TracedLayer layer, int rank, TracedNodes nodes) {
    // SpikingJelly's layer counts axes from the batch on, whatever time there is before it.
    int ahead = layer.isOf("spikingjelly") ? 1 : layer.rank() - rank;
    int start = (int) layer.number("start_dim") - ahead;
    int end = (int) layer.number("end_dim");
    int last = end < 0 ? end + rank : end - ahead;
    if (start < 0 || last < start || last >= rank) {
      throw layer.refused(
          "it flattens axes %d to %d of %d, time or batch among them, or none"
              .formatted((int) layer.number("start_dim"), end, layer.rank()));
    }
    nodes.add(layer.path(), "flatten").put("start", start).put("end", last == rank - 1 ? -1 : last);
    return rank - (last - start);
  }
}
