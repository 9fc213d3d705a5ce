package org.velella.spark.cli;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a flat NIR graph with the layout that NIR's own writer gives it. */
final class NirFile {
  private final Map<String, Map<String, Object>> nodes = new LinkedHashMap<>();
  private final List<String[]> edges = new ArrayList<>();

  /** A node of a NIR type and its datasets, given as name, array, name, array, … */
  NirFile node(String name, String type, Object... datasets) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("type", type);
    for (int i = 0; i < datasets.length; i += 2) {
      values.put((String) datasets[i], datasets[i + 1]);
    }
    nodes.put(name, values);
    return this;
  }

  NirFile edge(String source, String target) {
    edges.add(new String[] {source, target});
    return this;
  }

  /** Edges from each name to the next. */
  NirFile chain(String... names) {
    for (int i = 1; i < names.length; i++) {
      edge(names[i - 1], names[i]);
    }
    return this;
  }

  Path write(Path file) {
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putDataset("version", "0.2.0");
      WritableGroup graph = hdf.putGroup("node");
      graph.putDataset("type", "NIRGraph");
      graph.putDataset("edges", edges.toArray(new String[0][]));
      WritableGroup group = graph.putGroup("nodes");
      nodes.forEach(
          (name, datasets) -> {
            WritableGroup node = group.putGroup(name);
            datasets.forEach(node::putDataset);
          });
    }
    return file;
  }
}
