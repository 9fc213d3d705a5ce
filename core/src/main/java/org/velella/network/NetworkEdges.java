package org.velella.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.module.Operation;

/** The edges of a network, each with both ends, and which ones lead to which input. */
final class NetworkEdges {
  private final Map<String, Node> nodes;
  private final List<Edge> all;
  private final Map<String, List<String>> sources = new LinkedHashMap<>();

  /** Those that enter the target's output in the same step. */
  private final Map<String, List<String>> entering;

  /** By target, then by input: only of nodes with several inputs. */
  private final Map<String, Map<String, List<String>>> byInput = new LinkedHashMap<>();

  NetworkEdges(Map<String, Node> nodes, List<Edge> given) {
    this.nodes = nodes;
    for (Node node : nodes.values()) {
      sources.put(node.name(), new ArrayList<>());
      if (node.operation().inputNames().size() > 1) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        node.operation().inputNames().forEach(input -> lists.put(input, new ArrayList<>()));
        byInput.put(node.name(), lists);
      }
    }
    Set<Edge> distinct = new LinkedHashSet<>();
    for (Edge edge : given) {
      requireEnds(edge);
      Edge resolved = resolved(edge);
      if (!distinct.add(resolved)) {
        throw new NetworkException("The same edge is given twice: " + edge);
      }
      add(resolved);
    }
    all = List.copyOf(distinct);
    sources.replaceAll((target, list) -> sorted(list));
    byInput.values().forEach(lists -> lists.replaceAll((input, list) -> sorted(list)));
    entering = withoutLearning();
  }

  private Map<String, List<String>> withoutLearning() {
    Map<String, List<String>> all = new LinkedHashMap<>(sources);
    for (Node node : nodes.values()) {
      Set<String> learning = node.operation().learningInputs();
      if (!learning.isEmpty()) {
        List<String> names = new ArrayList<>();
        byInput
            .get(node.name())
            .forEach((input, from) -> names.addAll(learning.contains(input) ? List.of() : from));
        all.put(node.name(), sorted(names));
      }
    }
    return all.equals(sources) ? sources : all;
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted(Network.BYTE_ORDER).distinct().toList();
  }

  private void requireEnds(Edge edge) {
    for (String end : List.of(edge.source(), edge.target())) {
      if (!nodes.containsKey(end)) {
        throw new NetworkException(
            "Edge %s is dangling: there is no node '%s'; nodes are %s"
                .formatted(edge, end, nodes.keySet()));
      }
    }
    if (nodes.get(edge.target()).operation() instanceof InputOperation) {
      throw new NetworkException("Edge " + edge + " leads into an Input node");
    }
    if (nodes.get(edge.source()).operation() instanceof OutputOperation) {
      throw new NetworkException("Edge " + edge + " leads out of an Output node");
    }
  }

  /** The edge with its input named only where that says something. */
  private Edge resolved(Edge edge) {
    Operation target = nodes.get(edge.target()).operation();
    List<String> inputs = target.inputNames();
    boolean known = edge.input().isEmpty() ? inputs.size() < 2 : inputs.contains(edge.input());
    if (!known) {
      throw new NetworkException(
          "Edge %s: node '%s' (%s) has %s%s"
              .formatted(
                  edge,
                  edge.target(),
                  target.kind(),
                  inputs.isEmpty() ? "one input, which has no name" : "the inputs " + inputs,
                  inputs.size() > 1 ? "; an edge must say which of them it leads to" : ""));
    }
    return inputs.size() == 1 ? new Edge(edge.source(), edge.target()) : edge;
  }

  private void add(Edge edge) {
    sources.get(edge.target()).add(edge.source());
    if (!edge.input().isEmpty()) {
      byInput.get(edge.target()).get(edge.input()).add(edge.source());
    }
  }

  List<Edge> all() {
    return all;
  }

  /** Names of the nodes that feed a node through whatever input, in byte order. */
  Map<String, List<String>> sources() {
    return sources;
  }

  /** As {@link #sources()}, without those from which a node only learns. */
  Map<String, List<String>> entering() {
    return entering;
  }

  /** Whether the target only learns from what an edge brings. */
  boolean teaches(Edge edge) {
    return nodes.get(edge.target()).operation().learningInputs().contains(edge.input());
  }

  /** Names of the nodes that feed one input of a node, in byte order. */
  List<String> sources(String target, String input) {
    Map<String, List<String>> lists = byInput.get(target);
    List<String> names = lists == null ? sources.get(target) : lists.get(input);
    if (names == null) {
      throw new NetworkException(
          "Node '%s' has no input '%s'; it has %s".formatted(target, input, lists.keySet()));
    }
    return names;
  }

  /** The edges from a node to another, whatever input they lead to. */
  List<Edge> between(String source, String target) {
    Map<String, List<String>> lists = byInput.get(target);
    if (lists == null) {
      return List.of(new Edge(source, target));
    }
    List<Edge> edges = new ArrayList<>();
    lists.forEach(
        (input, names) -> {
          if (names.contains(source)) {
            edges.add(new Edge(source, target, input));
          }
        });
    return edges;
  }
}
