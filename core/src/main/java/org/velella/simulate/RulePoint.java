package org.velella.simulate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.network.Node;
import org.velella.network.ParameterPaths.Target;
import org.velella.sweep.Trial;
import org.velella.synapse.PlasticOperation;

/** The numbers of a node's learning rule that trials set. Immutable. */
final class RulePoint {
  /** With other bounds, every weight has to be looked at. */
  private static final Set<String> BOUNDS = Set.of("low", "high");

  private final Node node;

  /** By name of a number, the parameter of the sweep that sets it. */
  private final SortedMap<String, String> paths = new TreeMap<>();

  private RulePoint(Node node) {
    this.node = node;
  }

  /**
   * The nodes that learn by rules which trials change.
   *
   * @param targets for each parameter of the sweep, what it sets
   */
  static List<RulePoint> of(Map<String, List<Target>> targets) {
    Map<Node, RulePoint> points = new LinkedHashMap<>();
    targets.forEach(
        (path, found) -> {
          for (Target target : found) {
            if (target instanceof Target.Rule rule) {
              points.computeIfAbsent(rule.node(), RulePoint::new).paths.put(rule.name(), path);
            }
          }
        });
    return new ArrayList<>(points.values());
  }

  /** What the network itself has. */
  static double own(Target.Rule rule) {
    return ((PlasticOperation) rule.node().operation()).rule().numbers().get(rule.name());
  }

  /** Why the node cannot learn with a trial's numbers; empty if it can. */
  Optional<String> refusal(Trial trial) {
    Map<String, Float> numbers = new LinkedHashMap<>();
    paths.forEach(
        (name, path) -> {
          Double value = trial.numbers().get(path);
          if (value != null) {
            numbers.put(name, value.floatValue());
          }
        });
    PlasticOperation synapses = (PlasticOperation) node.operation();
    try {
      if (numbers.keySet().stream().anyMatch(BOUNDS::contains)) {
        synapses.with(numbers);
      } else {
        synapses.rule().with(numbers);
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("%s: %s".formatted(node.path(), e.getMessage()));
    }
  }
}
