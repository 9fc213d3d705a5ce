package org.velella.network.nir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.NodePath;

/**
 * Dissolves nested graphs: their nodes join the outermost graph under longer paths, and an edge
 * through a nested graph's Input or Output node leads straight to what is behind it.
 */
final class NirFlattening {
  private final NirNotes notes;
  private final Map<String, List<String>> segments = new LinkedHashMap<>();
  private final Map<String, NirNode> nodes = new LinkedHashMap<>();
  private final Map<String, List<String>> sources = new HashMap<>();
  private final Set<String> passed = new HashSet<>();
  private final Map<NirGraph, String> inputs = new HashMap<>();
  private final Map<NirGraph, String> outputs = new HashMap<>();

  /**
   * What comes out.
   *
   * @param nodes by path
   * @param segments of each path
   * @param edges between paths
   */
  record Flat(Map<String, NirNode> nodes, Map<String, List<String>> segments, Set<Edge> edges) {}

  private NirFlattening(NirNotes notes) {
    this.notes = notes;
  }

  static Flat flatten(NirGraph graph, NirNotes notes) {
    NirFlattening flattening = new NirFlattening(notes);
    flattening.collect(graph);
    flattening.connect(graph);
    return new Flat(flattening.nodes, flattening.segments, flattening.edges());
  }

  private static String path(NirGraph graph, String name) {
    List<String> all = new ArrayList<>(graph.segments());
    all.add(name);
    return NodePath.join(all);
  }

  private void collect(NirGraph graph) {
    boolean nested = !graph.segments().isEmpty();
    graph
        .nodes()
        .forEach(
            (name, node) -> {
              String path = path(graph, name);
              sources.put(path, new ArrayList<>());
              if (nested && (node.type().equals("Input") || node.type().equals("Output"))) {
                passed.add(path);
              } else {
                nodes.put(path, node);
                List<String> all = new ArrayList<>(graph.segments());
                all.add(name);
                segments.put(path, List.copyOf(all));
              }
            });
    graph.graphs().values().forEach(this::collect);
  }

  private void connect(NirGraph graph) {
    Set<Edge> seen = new LinkedHashSet<>();
    for (Edge edge : NirRepair.edges(graph, notes)) {
      if (!seen.add(edge)) {
        notes.add("edge " + edge + in(graph) + " is given twice; the second was left out");
        continue;
      }
      String source = end(graph, edge, edge.source(), "Output");
      String target = end(graph, edge, edge.target(), "Input");
      sources.get(target).add(source);
    }
    graph.graphs().values().forEach(this::connect);
  }

  private static String in(NirGraph graph) {
    return graph.segments().isEmpty() ? "" : " in graph " + NodePath.join(graph.segments());
  }

  /** The node that one end of an edge means; for a nested graph its only Input or Output node. */
  private String end(NirGraph graph, Edge edge, String name, String port) {
    if (graph.nodes().containsKey(name)) {
      return path(graph, name);
    }
    NirGraph nested = graph.graphs().get(name);
    if (nested == null) {
      Set<String> known = new TreeSet<>(Network.BYTE_ORDER);
      known.addAll(graph.nodes().keySet());
      known.addAll(graph.graphs().keySet());
      throw new NirException(
          "edge %s%s is dangling: there is no node '%s'; nodes are %s"
              .formatted(edge, in(graph), name, known));
    }
    Map<NirGraph, String> ports = port.equals("Input") ? inputs : outputs;
    return ports.computeIfAbsent(nested, key -> port(key, edge, port));
  }

  private static String port(NirGraph nested, Edge edge, String port) {
    List<String> found =
        nested.nodes().entrySet().stream()
            .filter(entry -> entry.getValue().type().equals(port))
            .map(entry -> path(nested, entry.getKey()))
            .toList();
    if (found.size() != 1) {
      throw new NirException(
          "edge %s needs one %s node in graph %s, which has %d: %s"
              .formatted(edge, port, NodePath.join(nested.segments()), found.size(), found));
    }
    return found.get(0);
  }

  private Set<Edge> edges() {
    Set<Edge> edges = new LinkedHashSet<>();
    for (String target : nodes.keySet()) {
      Deque<String> waiting = new ArrayDeque<>(sources.get(target));
      Set<String> opened = new HashSet<>();
      while (!waiting.isEmpty()) {
        String source = waiting.remove();
        if (passed.contains(source)) {
          if (!opened.add(source)) {
            throw ambiguous(source, target);
          }
          waiting.addAll(sources.get(source));
        } else if (!edges.add(new Edge(source, target))) {
          throw ambiguous(source, target);
        }
      }
    }
    return edges;
  }

  private static NirException ambiguous(String source, String target) {
    return new NirException(
        "node %s reaches node %s on two ways through nested graphs; put a Scale node into one"
            .formatted(source, target));
  }
}
