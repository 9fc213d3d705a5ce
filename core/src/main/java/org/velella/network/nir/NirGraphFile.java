package org.velella.network.nir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.hdf5.Hdf5Exception;
import org.velella.hdf5.Hdf5Writer;
import org.velella.network.Edge;

/** A graph as HDF5, with the layout of the reference package. */
final class NirGraphFile {
  /** The version of the reference package whose layout it is. */
  private static final String VERSION = "1.0.8";

  private final Hdf5Writer out;

  private NirGraphFile(Hdf5Writer out) {
    this.out = out;
  }

  /**
   * Writes a whole file.
   *
   * @throws NirException if HDF5 cannot hold it
   */
  static void write(NirGraph graph, Hdf5Writer out) {
    Map<String, Long> root = new LinkedHashMap<>();
    try {
      root.put("version", out.text(VERSION));
      root.put("node", new NirGraphFile(out).graph(graph));
      out.finish(out.group(root));
    } catch (Hdf5Exception e) {
      throw new NirException(e.getMessage(), e);
    }
  }

  private long graph(NirGraph graph) {
    Map<String, Long> nodes = new LinkedHashMap<>();
    graph.nodes().forEach((name, node) -> nodes.put(name, node(node)));
    graph.graphs().forEach((name, nested) -> nodes.put(name, graph(nested)));
    List<String[]> edges = new ArrayList<>();
    for (Edge edge : graph.edges()) {
      edges.add(new String[] {edge.source(), edge.target()});
    }
    Map<String, Long> members = new LinkedHashMap<>();
    members.put("type", out.text("NIRGraph"));
    members.put("nodes", out.group(nodes));
    members.put("edges", out.texts(edges, 2));
    Map<String, Long> hints = new LinkedHashMap<>();
    graph
        .nodes()
        .forEach(
            (name, node) -> {
              if (!node.hints().isEmpty()) {
                hints.put(name, out.text(node.hints().text()));
              }
            });
    if (!hints.isEmpty()) {
      members.put("metadata", out.group(Map.of(NirHints.NAME, out.group(hints))));
    }
    return out.group(members);
  }

  private long node(NirNode node) {
    Map<String, Long> members = new LinkedHashMap<>();
    members.put("type", out.text(node.type()));
    node.texts().forEach((name, text) -> members.put(name, out.text(text)));
    node.numbers().forEach((name, tensor) -> members.put(name, out.numbers(tensor)));
    return out.group(members);
  }
}
