package org.velella.network.nir;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.velella.hdf5.Hdf5Arrays;
import org.velella.hdf5.Hdf5Exception;
import org.velella.hdf5.Hdf5Guard;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.tensor.Tensor;

/** The graph of a NIR file as it is written: groups, types, edges, arrays; nothing interpreted. */
final class NirFile {
  /** Nested graphs may be this deep. */
  static final int GREATEST_DEPTH = 32;

  /** Longer files are read from disk piece by piece. */
  static final long IN_MEMORY = 1L << 24;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  /** Groups of a node that tell nothing about what it computes; exporters may add them. */
  private static final Set<String> WITHOUT_MEANING =
      Set.of("metadata", "input_type", "output_type");

  /** Versions of the nir package, up to the first dot, whose files are known. */
  private static final Set<String> MAJOR_VERSIONS = Set.of("0", "1");

  private final Hdf5Arrays arrays;
  private final NirNotes notes;

  private NirFile(long length, NirNotes notes) {
    this.arrays = new Hdf5Arrays(length);
    this.notes = notes;
  }

  /** The outermost graph of a file. */
  static NirGraph read(Path file, NirNotes notes) {
    try {
      if (Files.isDirectory(file)) {
        throw new NirException("it is a directory; name the .nir file in it");
      }
      long length = Files.size(file);
      if (length <= IN_MEMORY) {
        return read(Files.readAllBytes(file), notes);
      }
      return guarded(() -> read(new HdfFile(file), length, notes));
    } catch (NoSuchFileException e) {
      throw new NirException("there is no such file; check the path", e);
    } catch (IOException e) {
      throw new NirException("it cannot be read: " + e, e);
    }
  }

  /** The outermost graph of a file's bytes. */
  static NirGraph read(byte[] bytes, NirNotes notes) {
    if (!isHdf5(bytes)) {
      throw new NirException("it is no HDF5 file, which a NIR file is; export it again with nir");
    }
    return guarded(() -> read(HdfFile.fromBytes(bytes), bytes.length, notes));
  }

  /** HDF5 puts its signature at 0, 512, 1024 and so on. */
  static boolean isHdf5(byte[] bytes) {
    for (long at = 0; at + SIGNATURE.length <= bytes.length; at = at == 0 ? 512 : 2 * at) {
      int from = (int) at;
      if (java.util.Arrays.equals(
          bytes, from, from + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
        return true;
      }
    }
    return false;
  }

  private static NirGraph guarded(Hdf5Guard.Reading<NirGraph> reading) {
    try {
      return Hdf5Guard.run(NirException.class, reading);
    } catch (Hdf5Exception e) {
      throw new NirException(e.getMessage(), e);
    } catch (IOException e) {
      throw new NirException("it cannot be read: " + e, e);
    }
  }

  private static NirGraph read(HdfFile opened, long length, NirNotes notes) {
    try (HdfFile file = opened) {
      NirFile reader = new NirFile(length, notes);
      reader.lookAtVersion(file);
      Node node = file.getChildren().get("node");
      if (!(node instanceof Group group)) {
        throw new NirException(
            "it has no group /node, where NIR puts its graph; found "
                + file.getChildren().keySet());
      }
      String type = reader.type(group, "/node");
      if (!type.equals("NIRGraph")) {
        throw new NirException("/node/type is '" + type + "'; only a NIRGraph can be simulated");
      }
      return reader.graph(group, List.of());
    }
  }

  /** Newer files may still be readable; what is not is refused where it stands. */
  private void lookAtVersion(Group root) {
    if (root.getChildren().get("version") instanceof Dataset dataset
        && !dataset.isLink()
        && Hdf5Arrays.isText(dataset)) {
      String version = arrays.text(dataset).strip();
      if (!MAJOR_VERSIONS.contains(version.split("\\.", 2)[0])) {
        notes.add(
            "it is of NIR version '%s', which is not known; it was read as one of version 1"
                .formatted(version.length() > 40 ? version.substring(0, 40) + "…" : version));
      }
    }
  }

  private String type(Group group, String where) {
    Node type = group.getChildren().get("type");
    if (type instanceof Dataset dataset && !type.isLink() && Hdf5Arrays.isText(dataset)) {
      return arrays.text(dataset);
    }
    throw new NirException(where + " has no string 'type'; found " + group.getChildren().keySet());
  }

  private NirGraph graph(Group group, List<String> segments) {
    if (segments.size() > GREATEST_DEPTH) {
      throw new NirException("its graphs are nested deeper than " + GREATEST_DEPTH);
    }
    if (!(group.getChildren().get("nodes") instanceof Group nodes)) {
      throw new NirException(group.getPath() + " is a NIRGraph without a group 'nodes'");
    }
    Map<String, NirNode> plain = new TreeMap<>(Network.BYTE_ORDER);
    Map<String, NirGraph> graphs = new TreeMap<>(Network.BYTE_ORDER);
    for (Map.Entry<String, Node> entry : nodes.getChildren().entrySet()) {
      List<String> path = new ArrayList<>(segments);
      path.add(entry.getKey());
      if (entry.getValue().isLink() || !(entry.getValue() instanceof Group node)) {
        throw new NirException(entry.getValue().getPath() + " is no group, so it is no node");
      }
      String type = type(node, node.getPath());
      if (type.equals("NIRGraph")) {
        graphs.put(entry.getKey(), graph(node, path));
      } else {
        plain.put(entry.getKey(), node(node, type, path, hints(group, entry.getKey())));
      }
    }
    return new NirGraph(segments, plain, graphs, edges(group));
  }

  private List<Edge> edges(Group group) {
    Node node = group.getChildren().get("edges");
    if (node == null || node.isLink() || !(node instanceof Dataset dataset)) {
      throw new NirException(group.getPath() + " is a NIRGraph without a dataset 'edges'");
    }
    List<Edge> edges = new ArrayList<>();
    for (String[] ends : arrays.textRows(dataset, 2)) {
      edges.add(new Edge(ends[0], ends[1]));
    }
    return edges;
  }

  private NirNode node(Group group, String type, List<String> path, NirHints hints) {
    Map<String, Tensor> numbers = new TreeMap<>();
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, Node> entry : group.getChildren().entrySet()) {
      String name = entry.getKey();
      boolean isGroup = entry.getValue() instanceof Group;
      if (name.equals("type") || isGroup && WITHOUT_MEANING.contains(name)) {
        continue;
      }
      if (entry.getValue().isLink()) {
        throw new NirException(
            entry.getValue().getPath() + " is a link; NIR files hold their data themselves");
      }
      if (!(entry.getValue() instanceof Dataset dataset)) {
        notes.add(entry.getValue().getPath() + " is no dataset and was left out");
      } else if (Hdf5Arrays.isText(dataset)) {
        texts.put(name, arrays.text(dataset));
      } else {
        Tensor tensor = arrays.numbers(dataset);
        if (tensor == null) {
          throw new NirException(
              "%s holds elements of type %s; numbers and strings are supported"
                  .formatted(dataset.getPath(), dataset.getJavaType().getSimpleName()));
        }
        numbers.put(name, tensor);
      }
    }
    return NirNode.of(path, type, numbers, texts, hints).meant();
  }

  /**
   * What the metadata of a graph that this project wrote tell of a node; none if there are none.
   */
  private NirHints hints(Group graph, String node) {
    if (graph.getChildren().get("metadata") instanceof Group metadata
        && metadata.getChildren().get(NirHints.NAME) instanceof Group hints
        && hints.getChildren().get(node) instanceof Dataset dataset
        && !dataset.isLink()
        && Hdf5Arrays.isText(dataset)) {
      NirHints found = NirHints.parse(arrays.text(dataset));
      if (found != null) {
        return found;
      }
      notes.add(dataset.getPath() + " is no text that this version knows and was left out");
    }
    return NirHints.none();
  }
}
