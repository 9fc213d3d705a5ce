package org.velella.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.velella.encoding.CycleOperation;
import org.velella.equation.Unit;
import org.velella.neuron.NeuronOperation;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PlasticOperation;

/**
 * What of a network a run may set: the parameters of neurons, such as {@code lif.tau}, the memories
 * with which samples begin, such as {@code lif.v}, the numbers of learning rules, such as {@code
 * fc.rule.tau_pre}, delays and the cycles of encoders, such as {@code late.steps}, and by what
 * weights are multiplied, such as {@code conv1.weight_scale}.
 */
public final class ParameterPaths {
  private static final int NAMED = 5;
  private static final String SCALES = "." + WeightScaling.PARAMETER;
  private static final String STEPS = "." + DelayOperation.STEPS;
  private static final String RULES = "." + PlasticOperation.RULE + ".";

  private final Map<String, Target> known = new TreeMap<>();

  /** What models declare, by path. */
  private final Map<String, Unit> units = new HashMap<>();

  /** What a path means. */
  public sealed interface Target {
    /** Its own full path. */
    String path();

    /** The parameter {@code name} of a population. */
    record Parameter(String path, Node node, String name) implements Target {}

    /** A memory, which keeps its value until the first step. */
    record Memory(String path) implements Target {}

    /**
     * The number {@code name} of the rule by which a node learns, as {@link LearningRule} has it.
     */
    record Rule(String path, Node node, String name) implements Target {}

    /** By how many steps a node delays all its elements, as {@link DelayOperation} does. */
    record Delay(String path, Node node) implements Target {}

    /** How many steps the cycle of an encoder has, as {@link CycleOperation} says. */
    record Cycle(String path, Node node) implements Target {}

    /** What the weights of a node are multiplied by, as {@link WeightScaling} says; 1 by itself. */
    record Scale(String path, Node node) implements Target {}
  }

  public ParameterPaths(Network network) {
    network.memories().keySet().forEach(path -> known.put(path, new Target.Memory(path)));
    for (Node node : network.nodes()) {
      if (node.operation() instanceof NeuronOperation neurons) {
        for (String name : neurons.parameters().keySet()) {
          String path = node.path() + "." + name;
          known.put(path, new Target.Parameter(path, node, name));
        }
        neurons.model().units().forEach((name, unit) -> units.put(node.path() + "." + name, unit));
      } else if (node.operation() instanceof PlasticOperation synapses) {
        for (String name : synapses.rule().numbers().keySet()) {
          String path = node.path() + RULES + name;
          known.putIfAbsent(path, new Target.Rule(path, node, name));
        }
      } else if (node.operation() instanceof DelayOperation) {
        String path = node.path() + STEPS;
        known.putIfAbsent(path, new Target.Delay(path, node));
      } else if (node.operation() instanceof CycleOperation) {
        String path = node.path() + STEPS;
        known.putIfAbsent(path, new Target.Cycle(path, node));
      } else if (WeightScaling.isPossible(node.operation())) {
        String path = WeightScaling.path(node);
        known.put(path, new Target.Scale(path, node));
      }
    }
  }

  /**
   * What a path means, or a pattern in which {@code *} stands for any characters: {@code *.tau}.
   * Only a pattern that ends with {@code .weight_scale} means scales, only one that ends with
   * {@code .steps} delays, and only one with {@code .rule.} learning rules.
   *
   * @return one at least, sorted by path
   * @throws IllegalArgumentException if the network has none; the message names the nearest
   */
  public List<Target> find(String pattern) {
    String normal = NodePath.join(NodePath.split(pattern));
    List<Target> found = new ArrayList<>();
    if (normal.contains("*")) {
      Pattern regex = Pattern.compile(regex(normal));
      known.forEach(
          (path, target) -> {
            if (mayMean(normal, target) && regex.matcher(path).matches()) {
              found.add(target);
            }
          });
    } else if (known.containsKey(normal)) {
      found.add(known.get(normal));
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: the network has no such parameter; %s".formatted(pattern, nearest(normal)));
    }
    return found;
  }

  /**
   * The unit that a path's numbers are in, as the neurons' models declare it.
   *
   * @param pattern as of {@link #find}
   * @throws IllegalArgumentException if the network has none such, or they declare no unit, or not
   *     all the same
   */
  public Unit unit(String pattern) {
    List<Target> found = find(pattern);
    Unit unit = units.get(found.get(0).path());
    for (Target target : found) {
      Unit other = units.get(target.path());
      if (other == null) {
        throw new IllegalArgumentException(
            "%s declares no unit; write its values without one".formatted(target.path()));
      }
      if (!other.equals(unit)) {
        throw new IllegalArgumentException(
            "%s is in %s and %s in %s; write the values of %s without a unit, or of each by itself"
                .formatted(found.get(0).path(), unit, target.path(), other, pattern));
      }
    }
    return unit;
  }

  private static boolean mayMean(String pattern, Target target) {
    if (target instanceof Target.Rule) {
      return pattern.contains(RULES);
    }
    if (target instanceof Target.Delay || target instanceof Target.Cycle) {
      return pattern.endsWith(STEPS);
    }
    return !(target instanceof Target.Scale) || pattern.endsWith(SCALES);
  }

  private static String regex(String pattern) {
    return Arrays.stream(pattern.split("\\*", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining(".*"));
  }

  private String nearest(String path) {
    List<String> names =
        known.keySet().stream()
            .sorted(
                Comparator.comparingInt((String name) -> distance(name, path))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(NAMED)
            .toList();
    return names.isEmpty()
        ? "it has none that can be set"
        : "nearest are " + String.join(", ", names);
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
