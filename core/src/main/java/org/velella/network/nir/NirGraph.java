package org.velella.network.nir;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.velella.network.Edge;
import org.velella.network.Network;

/**
 * One graph as the file has it.
 *
 * @param segments the names of the nodes that lead to it; empty for the outermost graph
 * @param nodes by name, without nested graphs
 * @param graphs nested graphs by name
 * @param edges between the names of this graph, as written
 */
record NirGraph(
    List<String> segments,
    Map<String, NirNode> nodes,
    Map<String, NirGraph> graphs,
    List<Edge> edges) {
  /** This graph as its nodes are meant: with their hints taken into their datasets. */
  NirGraph meant() {
    Map<String, NirNode> own = new TreeMap<>(Network.BYTE_ORDER);
    nodes.forEach((name, node) -> own.put(name, node.meant()));
    Map<String, NirGraph> below = new TreeMap<>(Network.BYTE_ORDER);
    graphs.forEach((name, graph) -> below.put(name, graph.meant()));
    return new NirGraph(segments, own, below, edges);
  }
}
