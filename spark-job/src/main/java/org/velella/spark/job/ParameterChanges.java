package org.velella.spark.job;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.module.Operation;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.network.ParameterPaths;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.synapse.PlasticOperation;

/** A network with other values of neuron parameters and of learning rules. Pure. */
final class ParameterChanges {
  private ParameterChanges() {}

  /**
   * The network with some parameters changed, each to one value for all neurons, or synapses, of
   * its node.
   *
   * @param changes values by dotted path or pattern, such as {@code lif.tau} or {@code *.tau}
   * @throws UsageException if there is no such parameter, or the node cannot take the value
   */
  static Network apply(Network network, SortedMap<String, Double> changes) {
    Map<String, Map<String, Double>> byNode = new TreeMap<>();
    try {
      ParameterPaths paths = new ParameterPaths(network);
      changes.forEach(
          (path, value) -> {
            for (ParameterPaths.Target target : find(paths, path)) {
              put(byNode, target, value);
            }
          });
      return rebuild(network, byNode);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set " + changes + ": " + e.getMessage(), e);
    }
  }

  private static List<ParameterPaths.Target> find(ParameterPaths paths, String path) {
    try {
      return paths.find(path);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set " + e.getMessage(), e);
    }
  }

  private static void put(
      Map<String, Map<String, Double>> byNode, ParameterPaths.Target target, double value) {
    if (target instanceof ParameterPaths.Target.Parameter parameter) {
      byNode
          .computeIfAbsent(parameter.node().path(), key -> new TreeMap<>())
          .put(parameter.name(), value);
    } else if (target instanceof ParameterPaths.Target.Rule rule) {
      byNode.computeIfAbsent(rule.node().path(), key -> new TreeMap<>()).put(rule.name(), value);
    } else if (target instanceof ParameterPaths.Target.Scale) {
      throw new IllegalArgumentException(
          "%s: weights are scaled by the trials of a sweep; a branch has the run's weights"
              .formatted(target.path()));
    } else if (target instanceof ParameterPaths.Target.Delay
        || target instanceof ParameterPaths.Target.Cycle) {
      throw new IllegalArgumentException(
          "%s: delays and cycles that have begun stay as they are; only the trials of a sweep have such of their own"
              .formatted(target.path()));
    } else {
      throw new IllegalArgumentException(
          "%s is a memory, which a run that goes on has already; only parameters can be changed"
              .formatted(target.path()));
    }
  }

  private static Network rebuild(Network network, Map<String, Map<String, Double>> changed) {
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    for (Node node : network.nodes()) {
      Map<String, Double> values = changed.get(node.path());
      builder.node(
          NodePath.split(node.path()), values == null ? node.operation() : with(node, values));
    }
    network.edges().forEach(builder::edge);
    return builder.build();
  }

  private static Operation with(Node node, Map<String, Double> changed) {
    if (node.operation() instanceof PlasticOperation synapses) {
      Map<String, Float> numbers = new TreeMap<>();
      changed.forEach((name, value) -> numbers.put(name, value.floatValue()));
      return synapses.with(numbers);
    }
    NeuronOperation neurons = (NeuronOperation) node.operation();
    Map<String, ParameterValue> all = new TreeMap<>(neurons.parameters());
    changed.forEach((name, value) -> all.put(name, ParameterValue.of(value)));
    return new NeuronOperation(neurons.model(), all);
  }
}
