package org.velella.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Execution order of a network that may hold cycles, independent of the order in which nodes and
 * edges were given.
 *
 * <p>A walk from the inputs, depth first and in byte order of the names, finds the edges that lead
 * back to a node still being walked: these close the cycles and deliver one step late. Where every
 * cycle has one entry, which edges they are does not depend on the names. Nodes are ordered so that
 * all other edges lead forward; among those that could come next, the one nearest to the inputs
 * does, ties in byte order of the names. The nodes of a cycle stay together.
 *
 * <p>Edges from which a node only learns are never late, since they are needed when all nodes of
 * their cycle have run; but the nodes that they connect are a cycle, too.
 */
final class NetworkTopology {
  private final Map<String, List<String>> sources;
  private final Map<String, List<String>> entering;
  private final Map<String, List<String>> targets = new HashMap<>();
  private final List<String> roots = new ArrayList<>();
  private final Map<String, Integer> place = new HashMap<>();
  private final Map<String, Integer> component = new HashMap<>();
  private final Set<Integer> cyclic = new HashSet<>();
  private final Set<Edge> delayed = new LinkedHashSet<>();
  private final List<List<String>> components = new ArrayList<>();

  /**
   * The order of some nodes.
   *
   * @param sources the sources of each node
   * @param entering the same without those from which a node only learns
   */
  NetworkTopology(
      Map<String, Node> nodes,
      Map<String, List<String>> sources,
      Map<String, List<String>> entering) {
    this.sources = sources;
    this.entering = entering;
    List<String> names = new ArrayList<>(nodes.keySet());
    names.sort(Network.BYTE_ORDER);
    names.forEach(name -> targets.put(name, new ArrayList<>()));
    for (String name : names) {
      entering.get(name).forEach(source -> targets.get(source).add(name));
      if (nodes.get(name).operation() instanceof InputOperation) {
        roots.add(name);
      }
    }
    rank(names);
    List<String> finished = walk(targets, delayed);
    findComponents(sources == entering ? finished : walk(allTargets(names), new HashSet<>()));
    order(names);
  }

  private Map<String, List<String>> allTargets(List<String> names) {
    Map<String, List<String>> all = new HashMap<>();
    names.forEach(name -> all.put(name, new ArrayList<>()));
    for (String name : names) {
      sources.get(name).forEach(source -> all.get(source).add(name));
    }
    return all;
  }

  /** Breadth-first distance from the inputs, then name. */
  private void rank(List<String> names) {
    Map<String, Integer> distance = new HashMap<>();
    roots.forEach(root -> distance.put(root, 0));
    Deque<String> queue = new ArrayDeque<>(roots);
    while (!queue.isEmpty()) {
      String name = queue.remove();
      for (String target : targets.get(name)) {
        if (distance.putIfAbsent(target, distance.get(name) + 1) == null) {
          queue.add(target);
        }
      }
    }
    for (String name : names) {
      if (!distance.containsKey(name)) {
        throw new NetworkException("Node '" + name + "' cannot be reached from any Input node");
      }
    }
    List<String> ranked = new ArrayList<>(names);
    ranked.sort(
        Comparator.<String, Integer>comparing(distance::get).thenComparing(Network.BYTE_ORDER));
    for (int i = 0; i < ranked.size(); i++) {
      place.put(ranked.get(i), i);
    }
  }

  /**
   * Walks along edges.
   *
   * @param back takes the edges back to a node still being walked
   * @return the nodes in the order of finishing
   */
  private List<String> walk(Map<String, List<String>> targets, Set<Edge> back) {
    List<String> finished = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Set<String> open = new HashSet<>();
    Map<String, Integer> next = new HashMap<>();
    // No recursion, since a chain of layers may be long.
    Deque<String> path = new ArrayDeque<>();
    for (String root : roots) {
      seen.add(root);
      open.add(root);
      path.push(root);
      while (!path.isEmpty()) {
        String name = path.peek();
        int at = next.merge(name, 1, Integer::sum) - 1;
        if (at == targets.get(name).size()) {
          finished.add(path.pop());
          open.remove(name);
          continue;
        }
        String target = targets.get(name).get(at);
        if (open.contains(target)) {
          back.add(new Edge(name, target));
        } else if (seen.add(target)) {
          open.add(target);
          path.push(target);
        }
      }
    }
    return finished;
  }

  /** Kosaraju's second pass: what reaches a node backwards, last finished first. */
  private void findComponents(List<String> finished) {
    int count = 0;
    for (int i = finished.size() - 1; i >= 0; i--) {
      if (component.containsKey(finished.get(i))) {
        continue;
      }
      int members = 0;
      Deque<String> queue = new ArrayDeque<>(List.of(finished.get(i)));
      component.put(finished.get(i), count);
      while (!queue.isEmpty()) {
        String name = queue.remove();
        members++;
        for (String source : sources.get(name)) {
          if (component.putIfAbsent(source, count) == null) {
            queue.add(source);
          }
        }
      }
      if (members > 1 || sources.get(finished.get(i)).contains(finished.get(i))) {
        cyclic.add(count);
      }
      count++;
    }
  }

  private void order(List<String> names) {
    Map<Integer, List<String>> members = new HashMap<>();
    names.forEach(
        name -> members.computeIfAbsent(component.get(name), key -> new ArrayList<>()).add(name));
    Map<Integer, Set<Integer>> before = new HashMap<>();
    Map<Integer, Integer> places = new HashMap<>();
    members.forEach(
        (id, list) -> {
          Set<Integer> needed = new HashSet<>();
          list.forEach(name -> sources.get(name).forEach(s -> needed.add(component.get(s))));
          needed.remove(id);
          before.put(id, needed);
          places.put(id, list.stream().mapToInt(place::get).min().orElseThrow());
        });
    for (int id : sorted(before, Comparator.comparing(places::get))) {
      components.add(sortedMembers(members.get(id)));
    }
  }

  /** The nodes of one component so that every edge that is not delayed leads forward. */
  private List<String> sortedMembers(List<String> members) {
    Map<String, Set<String>> before = new HashMap<>();
    for (String name : members) {
      Set<String> needed = new HashSet<>();
      for (String source : entering.get(name)) {
        if (component.get(source).equals(component.get(name))
            && !delayed.contains(new Edge(source, name))) {
          needed.add(source);
        }
      }
      before.put(name, needed);
    }
    return sorted(before, Comparator.comparing(place::get));
  }

  /** Topological order: of those whose predecessors have all been taken, always the least. */
  private static <K> List<K> sorted(Map<K, Set<K>> before, Comparator<K> comparator) {
    Map<K, List<K>> after = new HashMap<>();
    Map<K, Integer> missing = new HashMap<>();
    PriorityQueue<K> ready = new PriorityQueue<>(comparator);
    before.forEach(
        (key, needed) -> {
          missing.put(key, needed.size());
          needed.forEach(n -> after.computeIfAbsent(n, k -> new ArrayList<>()).add(key));
          if (needed.isEmpty()) {
            ready.add(key);
          }
        });
    List<K> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      K key = ready.remove();
      order.add(key);
      for (K next : after.getOrDefault(key, List.of())) {
        if (missing.merge(next, -1, Integer::sum) == 0) {
          ready.add(next);
        }
      }
    }
    return order;
  }

  List<String> order() {
    return components.stream().flatMap(Collection::stream).toList();
  }

  List<List<String>> components() {
    return components;
  }

  /** Pairs of nodes, whatever input of the target their edges lead to. */
  Set<Edge> delayed() {
    return Collections.unmodifiableSet(delayed);
  }

  boolean isInCycle(String name) {
    return cyclic.contains(component.get(name));
  }
}
