package org.velella.network.nir;

import java.util.List;
import java.util.Map;
import org.velella.network.Edge;

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
    List<Edge> edges) {}
