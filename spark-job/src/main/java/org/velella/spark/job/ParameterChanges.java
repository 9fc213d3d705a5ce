package org.velella.spark.job;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.network.ParameterPaths;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;

/** A network with other values of neuron parameters. Pure. */
final class ParameterChanges {
  private ParameterChanges() {}

  /**
   * The network with some parameters changed, each to one value for all neurons of its node.
   *
   * @param changes values by dotted path or pattern, such as {@code lif.tau} or {@code *.tau}
   * @throws UsageException if there is no such parameter, or the neurons cannot take the value
   */
  static Network apply(Network network, SortedMap<String, Double> changes) {
    Map<String, Map<String, ParameterValue>> byNode = new TreeMap<>();
    try {
      ParameterPaths paths = new ParameterPaths(network);
      changes.forEach(
          (path, value) -> {
            for (ParameterPaths.Target target : find(paths, path)) {
              ParameterPaths.Target.Parameter parameter = requireParameter(target);
              byNode
                  .computeIfAbsent(parameter.node().path(), key -> new TreeMap<>())
                  .put(parameter.name(), ParameterValue.of(value));
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

  private static ParameterPaths.Target.Parameter requireParameter(ParameterPaths.Target target) {
    if (target instanceof ParameterPaths.Target.Parameter parameter) {
      return parameter;
    }
    if (target instanceof ParameterPaths.Target.Scale) {
      throw new IllegalArgumentException(
          "%s: weights are scaled by the trials of a sweep; a branch has the run's weights"
              .formatted(target.path()));
    }
    throw new IllegalArgumentException(
        "%s is a memory, which a run that goes on has already; only parameters can be changed"
            .formatted(target.path()));
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
    network.edges().forEach(builder::edge);
    return builder.build();
  }

  private static NeuronOperation with(
      NeuronOperation neurons, Map<String, ParameterValue> changed) {
    Map<String, ParameterValue> all = new TreeMap<>(neurons.parameters());
    all.putAll(changed);
    return new NeuronOperation(neurons.model(), all);
  }
}
