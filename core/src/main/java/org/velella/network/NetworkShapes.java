package org.velella.network;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Shapes along the edges, and the memories that delayed edges need. */
final class NetworkShapes {
  private NetworkShapes() {}

  /** Goes through the nodes in execution order; a delayed edge's shape is checked at the end. */
  static Map<String, Shape> infer(Network network) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Node node : network.nodes()) {
      Shape input = null;
      String first = null;
      for (String source : network.sourceMap().get(node.name())) {
        Shape shape = shapes.get(source);
        if (shape == null) {
          continue;
        }
        requireEqual(node, first, input, source, shape);
        input = shape;
        first = source;
      }
      shapes.put(node.name(), output(node, input));
    }
    for (Edge edge : network.delayed()) {
      Node target = network.node(edge.target());
      String first = network.sourceMap().get(target.name()).get(0);
      requireEqual(target, first, shapes.get(first), edge.source(), shapes.get(edge.source()));
    }
    return shapes;
  }

  private static Shape output(Node node, Shape input) {
    try {
      return node.operation().outputShape(input == null ? Shape.SCALAR : input);
    } catch (IllegalArgumentException e) {
      throw new NetworkException("Node '" + node.name() + "': " + e.getMessage(), e);
    }
  }

  private static void requireEqual(
      Node node, String first, Shape expected, String source, Shape found) {
    if (expected != null && !expected.equals(found)) {
      throw new NetworkException(
          "Node '%s' sums inputs of different shapes: %s from '%s' and %s from '%s'"
              .formatted(node.name(), expected, first, found, source));
    }
  }

  /** Sources of delayed edges keep their last output in a memory named {@code previous}. */
  static Map<String, MemorySpec> delayMemories(Network network) {
    Set<String> delayedSources = new LinkedHashSet<>();
    Set<Edge> delayed = network.delayed();
    for (Node node : network.nodes()) {
      if (delayed.stream().anyMatch(edge -> edge.source().equals(node.name()))) {
        delayedSources.add(node.name());
      }
    }
    Map<String, MemorySpec> memories = new LinkedHashMap<>();
    for (String name : delayedSources) {
      Node node = network.node(name);
      memories.put(
          node.path() + ".previous",
          new MemorySpec("previous", MemoryScope.PER_SAMPLE, initial(network, node)));
    }
    return memories;
  }

  private static Tensor initial(Network network, Node node) {
    Shape shape = network.outputShape(node.name());
    Operation operation = node.operation();
    Tensor bias = null;
    if (network.firstStep() == FirstStep.ZERO_INPUT) {
      if (operation instanceof LinearOperation linear) {
        bias = linear.bias();
      } else if (operation instanceof ConvOperation conv) {
        bias = conv.bias();
      } else if (operation.memories(network.inputShape(node.name())).isEmpty()
          && !List.of("Flatten", "Scale", "SumPool1d", "SumPool2d", "AvgPool1d", "AvgPool2d")
              .contains(operation.kind())) {
        throw new NetworkException(
            "Node '%s' (%s) closes a cycle; what it gives for zero input at the first step is only"
                    .formatted(node.name(), operation.kind())
                + " defined for Linear, Affine and Conv nodes; use first step 'zero'");
      }
    }
    if (bias == null) {
      return Tensor.zeros(DType.FLOAT32, shape);
    }
    float[] values = new float[shape.size()];
    boolean last = operation instanceof LinearOperation;
    int per = last ? 1 : values.length / bias.size();
    for (int i = 0; i < values.length; i++) {
      // + 0.0f as at the end of every accumulation: -0 becomes +0.
      values[i] = bias.floats()[i / per % bias.size()] + 0.0f;
    }
    return Tensor.of(shape, values);
  }
}
