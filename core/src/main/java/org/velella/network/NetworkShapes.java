package org.velella.network;

import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.tensor.Shape;

/** Shapes along the edges. */
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
}
