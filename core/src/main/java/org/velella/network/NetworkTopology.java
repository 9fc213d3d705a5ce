package org.velella.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Execution order of a network that may hold cycles. Independent of the order in which nodes and
 * edges were given: nodes are ranked by their distance from the inputs, ties by byte order of the
 * names. Inside a strongly connected component, an edge that does not lead to a higher place in
 * that ranking is delayed by one step.
 */
final class NetworkTopology {
  private final Map<String, List<String>> sources;
  private final Map<String, List<String>> targets = new HashMap<>();
  private final Map<String, Integer> place = new HashMap<>();
  private final Map<String, Integer> component = new HashMap<>();
  private final Set<Integer> cyclic = new HashSet<>();
  private final Set<Edge> delayed = new LinkedHashSet<>();
  private final List<List<String>> components = new ArrayList<>();

  NetworkTopology(Map<String, Node> nodes, Map<String, List<String>> sources) {
    this.sources = sources;
    nodes.keySet().forEach(name -> targets.put(name, new ArrayList<>()));
    sources.forEach((target, from) -> from.forEach(source -> targets.get(source).add(target)));
    rank(nodes);
    findComponents(nodes.keySet());
    delayBackEdges();
    orderComponents();
  }

  /**
   * Breadth-first distance from the inputs, then name: a total order that no file order changes.
   */
  private void rank(Map<String, Node> nodes) {
    Map<String, Integer> distance = new HashMap<>();
    Deque<String> queue = new ArrayDeque<>();
    for (Node node : nodes.values()) {
      if (node.operation() instanceof InputOperation) {
        distance.put(node.name(), 0);
        queue.add(node.name());
      }
    }
    while (!queue.isEmpty()) {
      String name = queue.remove();
      for (String target : targets.get(name)) {
        if (distance.putIfAbsent(target, distance.get(name) + 1) == null) {
          queue.add(target);
        }
      }
    }
    for (String name : nodes.keySet()) {
      if (!distance.containsKey(name)) {
        throw new NetworkException("Node '" + name + "' cannot be reached from any Input node");
      }
    }
    List<String> ranked = new ArrayList<>(nodes.keySet());
    ranked.sort(
        Comparator.<String, Integer>comparing(distance::get).thenComparing(Network.BYTE_ORDER));
    for (int i = 0; i < ranked.size(); i++) {
      place.put(ranked.get(i), i);
    }
  }

  /** Kosaraju's algorithm without recursion, since a chain of layers may be long. */
  private void findComponents(Set<String> names) {
    List<String> finished = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      postOrder(name, targets, seen, finished);
    }
    int count = 0;
    Set<String> assigned = new HashSet<>();
    for (int i = finished.size() - 1; i >= 0; i--) {
      List<String> members = new ArrayList<>();
      postOrder(finished.get(i), sources, assigned, members);
      for (String member : members) {
        component.put(member, count);
      }
      if (members.size() > 1
          || (members.size() == 1 && sources.get(members.get(0)).contains(members.get(0)))) {
        cyclic.add(count);
      }
      count += members.isEmpty() ? 0 : 1;
    }
  }

  private static void postOrder(
      String root, Map<String, List<String>> next, Set<String> seen, List<String> finished) {
    if (!seen.add(root)) {
      return;
    }
    Deque<String> path = new ArrayDeque<>(List.of(root));
    Map<String, Integer> position = new HashMap<>();
    while (!path.isEmpty()) {
      String name = path.peek();
      int at = position.merge(name, 1, Integer::sum) - 1;
      if (at < next.get(name).size()) {
        String follower = next.get(name).get(at);
        if (seen.add(follower)) {
          path.push(follower);
        }
      } else {
        finished.add(path.pop());
      }
    }
  }

  private void delayBackEdges() {
    sources.forEach(
        (target, from) ->
            from.forEach(
                source -> {
                  if (component.get(source).equals(component.get(target))
                      && place.get(source) >= place.get(target)) {
                    delayed.add(new Edge(source, target));
                  }
                }));
  }

  /** Repeatedly takes the component of lowest place whose sources all have been taken. */
  private void orderComponents() {
    Map<Integer, List<String>> members = new HashMap<>();
    List<String> ranked = new ArrayList<>(place.keySet());
    ranked.sort(Comparator.comparing(place::get));
    ranked.forEach(
        name -> members.computeIfAbsent(component.get(name), key -> new ArrayList<>()).add(name));
    Map<Integer, Set<Integer>> waiting = new HashMap<>();
    sources.forEach(
        (target, from) -> {
          Set<Integer> set = waiting.computeIfAbsent(component.get(target), k -> new HashSet<>());
          from.forEach(source -> set.add(component.get(source)));
          set.remove(component.get(target));
        });
    java.util.TreeMap<Integer, Integer> ready = new java.util.TreeMap<>();
    waiting.forEach(
        (id, set) -> {
          if (set.isEmpty()) {
            ready.put(place.get(members.get(id).get(0)), id);
          }
        });
    while (!ready.isEmpty()) {
      int id = ready.pollFirstEntry().getValue();
      components.add(members.get(id));
      Set<Integer> released = new HashSet<>();
      members.get(id).forEach(n -> targets.get(n).forEach(t -> released.add(component.get(t))));
      for (int next : released) {
        if (next != id && waiting.get(next).remove(id) && waiting.get(next).isEmpty()) {
          ready.put(place.get(members.get(next).get(0)), next);
        }
      }
    }
  }

  List<String> order() {
    return components.stream().flatMap(List::stream).toList();
  }

  List<List<String>> components() {
    return components;
  }

  Set<Edge> delayed() {
    return Set.copyOf(delayed);
  }

  boolean isInCycle(String name) {
    return cyclic.contains(component.get(name));
  }
}
