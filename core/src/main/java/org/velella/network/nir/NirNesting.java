package org.velella.network.nir;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.velella.network.Edge;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.network.OutputOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * The nested graphs of a network: what {@link NirFlattening} has dissolved, or what a tree of
 * modules has given. An edge into a nested graph leads to its Input node, one out of it comes from
 * its Output node.
 */
final class NirNesting {
  private static final String INPUT = "Input";
  private static final String OUTPUT = "Output";

  private final Network network;

  /** One graph in the making. */
  private static final class Level {
    private final List<String> segments;
    private final Map<String, NirNode> nodes = new TreeMap<>(Network.BYTE_ORDER);
    private final Map<String, Level> levels = new TreeMap<>(Network.BYTE_ORDER);
    private final Set<String> edges = new HashSet<>();
    private final List<Edge> ordered = new ArrayList<>();
    private final Map<String, Shape> ports = new LinkedHashMap<>();

    private Level(List<String> segments) {
      this.segments = segments;
    }

    private List<String> below(String name) {
      List<String> all = new ArrayList<>(segments);
      all.add(name);
      return List.copyOf(all);
    }

    private void edge(String source, String target) {
      Edge edge = new Edge(source, target);
      // No name of HDF5 holds a slash.
      if (edges.add(source + "/" + target)) {
        ordered.add(edge);
      }
    }

    /** The name of this graph's Input or Output node, which nothing else has. */
    private String port(String type, Shape shape) {
      StringBuilder name = new StringBuilder(type.equals(INPUT) ? "input" : "output");
      while (levels.containsKey(name.toString())
          || nodes.containsKey(name.toString()) && !ports.containsKey(name.toString())) {
        name.append('_');
      }
      String free = name.toString();
      if (ports.put(free, shape) == null) {
        Map<String, Tensor> numbers =
            Map.of("shape", Tensor.of(Shape.of(shape.rank()), shape.toLongArray()));
        nodes.put(free, NirNode.of(below(free), type, numbers, Map.of(), NirHints.none()));
      }
      return free;
    }

    private NirGraph graph() {
      Map<String, NirGraph> graphs = new TreeMap<>(Network.BYTE_ORDER);
      levels.forEach((name, level) -> graphs.put(name, level.graph()));
      ordered.sort(
          Comparator.comparing(Edge::source, Network.BYTE_ORDER)
              .thenComparing(Edge::target, Network.BYTE_ORDER));
      return new NirGraph(segments, nodes, graphs, List.copyOf(ordered));
    }
  }

  private NirNesting(Network network) {
    this.network = network;
  }

  /** The outermost graph of a network whose nodes are made by {@code export}. */
  static NirGraph graph(Network network, NirExport export) {
    return new NirNesting(network).build(export);
  }

  private NirGraph build(NirExport export) {
    Level root = new Level(List.of());
    for (Node node : network.nodes()) {
      place(root, node).nodes.put(last(node), export.node(node));
    }
    for (Edge edge : network.edges()) {
      connect(root, edge);
    }
    NirGraph graph = root.graph();
    requireSameEdges(graph);
    return graph;
  }

  /** Whether a link of HDF5 can have this name. */
  static boolean isName(String name) {
    return !name.isEmpty() && !name.equals(".") && name.indexOf('/') < 0 && name.indexOf('\0') < 0;
  }

  private static String last(Node node) {
    List<String> segments = NodePath.split(node.path());
    return segments.get(segments.size() - 1);
  }

  /** The graph that a node belongs to. */
  private static Level place(Level root, Node node) {
    List<String> segments = NodePath.split(node.path());
    boolean port =
        node.operation() instanceof InputOperation || node.operation() instanceof OutputOperation;
    if (port && segments.size() > 1) {
      throw NirExport.refusal(node, "inside a nested graph it would be a port of that graph");
    }
    Level level = root;
    for (int i = 0; i < segments.size(); i++) {
      String name = segments.get(i);
      boolean here = i == segments.size() - 1;
      if (!isName(name)) {
        throw NirExport.refusal(node, "HDF5 can hold no node named '%s'".formatted(name));
      }
      if (here ? level.levels.containsKey(name) : level.nodes.containsKey(name)) {
        throw NirExport.refusal(
            node, "'%s' is both a node and a graph with nodes".formatted(level.below(name)));
      }
      if (!here) {
        List<String> below = level.below(name);
        level = level.levels.computeIfAbsent(name, key -> new Level(below));
      }
    }
    return level;
  }

  private void connect(Level root, Edge edge) {
    List<String> from = NodePath.split(network.node(edge.source()).path());
    List<String> to = NodePath.split(network.node(edge.target()).path());
    Shape shape = network.outputShape(edge.source());
    Level common = root;
    int depth = 0;
    while (depth < from.size() - 1
        && depth < to.size() - 1
        && from.get(depth).equals(to.get(depth))) {
      common = common.levels.get(from.get(depth));
      depth++;
    }
    common.edge(from.get(depth), to.get(depth));
    Level level = common;
    for (int i = depth; i < from.size() - 1; i++) {
      level = level.levels.get(from.get(i));
      level.edge(from.get(i + 1), level.port(OUTPUT, shape));
    }
    level = common;
    for (int i = depth; i < to.size() - 1; i++) {
      level = level.levels.get(to.get(i));
      level.edge(level.port(INPUT, shape), to.get(i + 1));
    }
  }

  /**
   * A nested graph has one Input and one Output node, so its edges may mean more than was meant.
   */
  private void requireSameEdges(NirGraph graph) {
    Set<String> meant = new TreeSet<>();
    for (Edge edge : network.edges()) {
      meant.add(path(edge.source()) + " -> " + path(edge.target()));
    }
    Set<String> written = new TreeSet<>();
    try {
      NirFlattening.flatten(graph, NirNotes.silent())
          .edges()
          .forEach(edge -> written.add(edge.source() + " -> " + edge.target()));
    } catch (NirException e) {
      throw new NirException("its nested graphs have no form in NIR: " + e.getMessage(), e);
    }
    written.removeAll(meant);
    if (!written.isEmpty()) {
      throw new NirException(
          "its nested graphs have no form in NIR: with one Input and one Output node per graph,"
              + " there would be edge "
              + written.iterator().next()
              + ", too");
    }
  }

  private String path(String name) {
    return network.node(name).path();
  }
}
