package org.velella.network;

import java.util.HashMap;
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
    Map<String, String> firsts = new HashMap<>();
    long total = 0;
    for (Node node : network.nodes()) {
      String first = null;
      for (String source : network.entering(node.name())) {
        if (shapes.containsKey(source)) {
          first = first == null ? source : first;
          requireEqual(node, first, source, shapes);
        }
      }
      firsts.put(node.name(), first);
      Shape output = output(node, first, first == null ? Shape.SCALAR : shapes.get(first));
      total = addSize(total, node, output);
      shapes.put(node.name(), output);
    }
    for (Edge edge : network.delayed()) {
      Node target = network.node(edge.target());
      requireEqual(target, firsts.get(target.name()), edge.source(), shapes);
    }
    for (Edge edge : network.edges()) {
      if (network.teaches(edge)) {
        requireLearnable(network, edge, shapes);
      }
    }
    return shapes;
  }

  private static void requireLearnable(Network network, Edge edge, Map<String, Shape> shapes) {
    Node target = network.node(edge.target());
    Shape expected =
        target
            .operation()
            .inputShape(edge.input(), shapes.get(network.entering(target.name()).get(0)));
    Shape found = shapes.get(edge.source());
    if (!found.equals(expected)) {
      throw new NetworkException(
          "Node '%s' (%s) takes '%s' of shape %s, found %s from '%s'"
              .formatted(
                  target.name(),
                  target.operation().kind(),
                  edge.input(),
                  expected,
                  found,
                  edge.source()));
    }
  }

  private static long addSize(long total, Node node, Shape output) {
    long size = 1;
    for (int dim : output.toArray()) {
      size = Math.min(GREATEST_TOTAL + 1, size * dim);
    }
    if (total + size > GREATEST_TOTAL) {
      throw new NetworkException(
          "Node '%s' gives %s values per step, all nodes together more than %d"
              .formatted(node.name(), output, GREATEST_TOTAL));
    }
    return total + size;
  }

  private static Shape output(Node node, String source, Shape input) {
    try {
      return node.operation().outputShape(input);
    } catch (IllegalArgumentException | ArithmeticException e) {
      String fed = source == null ? "" : " is fed by '%s' with %s".formatted(source, input);
      throw new NetworkException("Node '" + node.name() + "'" + fed + ": " + e.getMessage(), e);
    }
  }

  private static void requireEqual(
      Node node, String first, String source, Map<String, Shape> shapes) {
    if (!shapes.get(first).equals(shapes.get(source))) {
      String does = node.operation().inputNames().size() > 1 ? "has" : "sums";
      throw new NetworkException(
          "Node '%s' %s inputs of different shapes: %s from '%s' and %s from '%s'"
              .formatted(node.name(), does, shapes.get(first), first, shapes.get(source), source));
    }
  }
}
