package org.velella.network;

import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.tensor.Shape;

/** Shapes along the edges. */
final class NetworkShapes {
  /** More than any simulation could hold: 1 GiB of float32 for one step of one sample. */
  private static final long GREATEST_TOTAL = 1L << 28;

  private NetworkShapes() {}

  /** Goes through the nodes in execution order; a delayed edge's shape is checked at the end. */
  static Map<String, Shape> infer(Network network) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    long total = 0;
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
      Shape output = output(node, input);
      total = addSize(total, node, output);
      shapes.put(node.name(), output);
    }
    for (Edge edge : network.delayed()) {
      Node target = network.node(edge.target());
      String first = network.sourceMap().get(target.name()).get(0);
      requireEqual(target, first, shapes.get(first), edge.source(), shapes.get(edge.source()));
    }
    return shapes;
  }

  private static long addSize(long total, Node node, Shape output) {
    long size = 1;
    for (int dim : output.toArray()) {
      size = Math.min(GREATEST_TOTAL, size * dim);
    }
    if (total + size > GREATEST_TOTAL) {
      throw new NetworkException(
          "Node '%s' gives %s values per step, all nodes together more than %d"
              .formatted(node.name(), output, GREATEST_TOTAL));
    }
    return total + size;
  }

  private static Shape output(Node node, Shape input) {
    try {
      return node.operation().outputShape(input == null ? Shape.SCALAR : input);
    } catch (IllegalArgumentException | ArithmeticException e) {
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
