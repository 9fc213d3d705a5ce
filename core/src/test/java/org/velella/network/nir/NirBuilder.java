package org.velella.network.nir;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.network.Network;

/** Writes NIR files with the layout that NIR's own writer gives them. */
final class NirBuilder {
  private final Map<String, Object> nodes = new LinkedHashMap<>();
  private final List<String[]> edges = new ArrayList<>();
  private boolean gzip;
  private String version = "1.0.8";

  /** Says which version of the nir package is named in the file. */
  NirBuilder version(String name) {
    version = name;
    return this;
  }

  /** Stores every array of numbers compressed, as the nir package does since 1.0.8. */
  NirBuilder gzip() {
    gzip = true;
    return this;
  }

  /** Input and Output of a shape around what is added and chained. */
  static NirBuilder ofInput(long... shape) {
    return new NirBuilder().node("input", "Input", "shape", shape);
  }

  /** {@code input -> node -> output}. */
  static NirBuilder around(String type, long[] inputShape, Object... datasets) {
    return ofInput(inputShape)
        .node("node", type, datasets)
        .node("output", "Output")
        .chain("input", "node", "output");
  }

  /** A node of a NIR type and its datasets, given as name, array, name, array, … */
  NirBuilder node(String name, String type, Object... datasets) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("type", type);
    for (int i = 0; i < datasets.length; i += 2) {
      values.put((String) datasets[i], datasets[i + 1]);
    }
    nodes.put(name, values);
    return this;
  }

  NirBuilder output(String name, long... shape) {
    return node(name, "Output", "shape", shape);
  }

  /** A nested graph. */
  NirBuilder graph(String name, NirBuilder nested) {
    nodes.put(name, nested);
    return this;
  }

  NirBuilder edge(String source, String target) {
    edges.add(new String[] {source, target});
    return this;
  }

  /** Edges from each name to the next. */
  NirBuilder chain(String... names) {
    for (int i = 1; i < names.length; i++) {
      edge(names[i - 1], names[i]);
    }
    return this;
  }

  byte[] bytes() {
    try {
      Path file = Files.createTempFile("network", ".nir");
      try {
        try (WritableHdfFile hdf = HdfFile.write(file)) {
          hdf.putDataset("version", version);
          write(hdf.putGroup("node"), gzip);
        }
        return Files.readAllBytes(file);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(WritableGroup group, String name, Object value, boolean gzip) {
    int[] shape = shape(value);
    if (gzip && shape.length > 0 && java.util.Arrays.stream(shape).allMatch(dim -> dim > 0)) {
      group.putDataset(
          name, value, DatasetCreationOptions.builder().chunkDimensions(shape).deflate(4).build());
    } else {
      group.putDataset(name, value);
    }
  }

  private static int[] shape(Object value) {
    List<Integer> dims = new ArrayList<>();
    for (Object at = value; at.getClass().isArray(); at = Array.get(at, 0)) {
      dims.add(Array.getLength(at));
      if (Array.getLength(at) == 0) {
        break;
      }
    }
    return dims.stream().mapToInt(Integer::intValue).toArray();
  }

  private void write(WritableGroup group, boolean deflated) {
    group.putDataset("type", "NIRGraph");
    if (!edges.isEmpty()) {
      group.putDataset("edges", edges.toArray(new String[0][]));
    }
    WritableGroup children = group.putGroup("nodes");
    nodes.forEach(
        (name, node) -> {
          WritableGroup child = children.putGroup(name);
          if (node instanceof NirBuilder nested) {
            nested.write(child, deflated);
          } else {
            ((Map<?, ?>) node).forEach((key, value) -> put(child, (String) key, value, deflated));
          }
        });
  }

  NirImport read(String convention, double dt) {
    return NirReader.readWithNotes(bytes(), "test.nir", NirConvention.named(convention), dt);
  }

  /** The network in NIR's own convention with steps of 1/8 s. */
  Network network() {
    return read("norse", 0.125).network();
  }

  /** An array of one value. */
  static float[] filled(int length, float value) {
    float[] array = new float[length];
    java.util.Arrays.fill(array, value);
    return array;
  }

  /** Values in row-major order as nested arrays of a shape. */
  static Object shaped(float[] values, int... shape) {
    Object array = Array.newInstance(float.class, shape);
    fill(array, values, new int[1]);
    return array;
  }

  private static void fill(Object array, float[] values, int[] next) {
    if (array instanceof float[] row) {
      System.arraycopy(values, next[0], row, 0, row.length);
      next[0] += row.length;
    } else {
      for (Object part : (Object[]) array) {
        fill(part, values, next);
      }
    }
  }
}
