package org.velella.spark.job;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;

/** A network with other values of neuron parameters. Pure. */
final class ParameterChanges {
  private static final int NAMED = 5;

  private ParameterChanges() {}

  /**
   * The network with some parameters changed, each to one value for all neurons of its node.
   *
   * @param changes values by dotted path, such as {@code lif.tau}
   * @throws UsageException if there is no such parameter, or the neurons cannot take the value
   */
  static Network apply(Network network, SortedMap<String, Double> changes) {
    Map<String, Map<String, ParameterValue>> byNode = new TreeMap<>();
    changes.forEach(
        (path, value) -> {
          Node node = owner(network, path);
          byNode
              .computeIfAbsent(node.path(), key -> new TreeMap<>())
              .put(last(path), ParameterValue.of(value));
        });
    try {
      return rebuild(network, byNode);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set " + changes + ": " + e.getMessage(), e);
    }
  }

  private static Network rebuild(
      Network network, Map<String, Map<String, ParameterValue>> changed) {
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    for (Node node : network.nodes()) {
      Map<String, ParameterValue> values = changed.get(node.path());
      builder.node(
          NodePath.split(node.path()),
          values == null ? node.operation() : with((NeuronOperation) node.operation(), values));
    }
    for (Edge edge : network.edges()) {
      builder.edge(edge.source(), edge.target());
    }
    return builder.build();
  }

  private static NeuronOperation with(
      NeuronOperation neurons, Map<String, ParameterValue> changed) {
    Map<String, ParameterValue> all = new TreeMap<>(neurons.parameters());
    all.putAll(changed);
    return new NeuronOperation(neurons.model(), all);
  }

  private static Node owner(Network network, String path) {
    Map<String, Node> known = new TreeMap<>();
    for (Node node : network.nodes()) {
      if (node.operation() instanceof NeuronOperation neurons) {
        neurons.parameters().keySet().forEach(name -> known.put(node.path() + "." + name, node));
      }
    }
    Node owner = known.get(normalized(path));
    if (owner == null) {
      List<String> nearest =
          known.keySet().stream()
              .sorted(
                  Comparator.comparingInt((String name) -> distance(name, path))
                      .thenComparing(Comparator.naturalOrder()))
              .limit(NAMED)
              .toList();
      throw new UsageException(
          "--set %s: the network has no such parameter; %s"
              .formatted(
                  path,
                  nearest.isEmpty()
                      ? "it has none that can be set"
                      : "nearest are " + String.join(", ", nearest)));
    }
    return owner;
  }

  /** With quotes where the network's own paths have them, and nowhere else. */
  private static String normalized(String path) {
    try {
      return NodePath.join(NodePath.split(path));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set " + path + ": " + e.getMessage(), e);
    }
  }

  private static String last(String path) {
    List<String> segments = NodePath.split(path);
    return segments.get(segments.size() - 1);
  }

  /** How many characters must be put in, left out or replaced. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
