package org.velella.network.nir;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.NodePath;

/**
 * Edges of a graph whose names fit its nodes. Exporters have renamed a node and not its edges:
 * where one name is nobody's and one node has no edge at all, that node is meant, and the repair is
 * reported. Anything less clear stays as it is, to be refused.
 */
final class NirRepair {
  private NirRepair() {}

  static List<Edge> edges(NirGraph graph, NirNotes notes) {
    Set<String> names = new TreeSet<>(Network.BYTE_ORDER);
    names.addAll(graph.nodes().keySet());
    names.addAll(graph.graphs().keySet());
    Set<String> unknown = new TreeSet<>();
    for (Edge edge : graph.edges()) {
      unknown.add(edge.source());
      unknown.add(edge.target());
    }
    Set<String> unconnected = new TreeSet<>(names);
    unconnected.removeAll(unknown);
    unknown.removeAll(names);
    if (unknown.size() != 1 || unconnected.size() != 1) {
      return graph.edges();
    }
    String wrong = unknown.iterator().next();
    String meant = unconnected.iterator().next();
    if (!fits(graph, wrong, meant)) {
      return graph.edges();
    }
    notes.add(
        "%s: edges name '%s', which is no node; '%s', the only node without an edge, was taken"
            .formatted(
                graph.segments().isEmpty()
                    ? "the outermost graph"
                    : "graph " + NodePath.join(graph.segments()),
                wrong,
                meant));
    List<Edge> repaired = new ArrayList<>();
    for (Edge edge : graph.edges()) {
      repaired.add(
          new Edge(
              edge.source().equals(wrong) ? meant : edge.source(),
              edge.target().equals(wrong) ? meant : edge.target()));
    }
    return repaired;
  }

  /** Nothing leads into an Input node or out of an Output node. */
  private static boolean fits(NirGraph graph, String wrong, String meant) {
    NirNode node = graph.nodes().get(meant);
    for (Edge edge : graph.edges()) {
      boolean into = node != null && node.type().equals("Input") && edge.target().equals(wrong);
      boolean outOf = node != null && node.type().equals("Output") && edge.source().equals(wrong);
      if (into || outOf) {
        return false;
      }
    }
    return true;
  }
}
