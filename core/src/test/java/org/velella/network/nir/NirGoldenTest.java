package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;

/**
 * Files that the nir package wrote, and what its graphs compute; {@code generate.py} beside them
 * made both. {@code networks.json} is what {@code read_networks.py} finds in them with that
 * package.
 */
class NirGoldenTest {
  private static final String FOLDER = "/golden/nir-1.0.8/";

  static byte[] golden(String name) throws IOException {
    try (InputStream in = NirGoldenTest.class.getResourceAsStream(FOLDER + name)) {
      return in.readAllBytes();
    }
  }

  private static JsonNode json(String name) throws IOException {
    return new ObjectMapper().readTree(golden(name));
  }

  private static NirImport read(String name, String convention, double dt) throws IOException {
    return NirReader.readWithNotes(golden(name), name, NirConvention.named(convention), dt);
  }

  private static float[][] rows(JsonNode rows) {
    float[][] values = new float[rows.size()][];
    for (int row = 0; row < values.length; row++) {
      values[row] = new float[rows.get(row).size()];
      for (int i = 0; i < values[row].length; i++) {
        values[row][i] = (float) rows.get(row).get(i).doubleValue();
      }
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"image.nir", "signal.nir", "neurons.nir", "nested.nir"})
  void outputsAreThoseOfTheEquations(String name) throws IOException {
    JsonNode runs = json("expected.json").get(name);
    assertThat(runs).isNotEmpty();
    for (JsonNode run : runs) {
      String convention = run.get("convention").textValue();
      Network network = read(name, convention, run.get("dt").doubleValue()).network();

      float[][] outputs = NirRun.outputs(network, rows(run.get("input")));

      assertThat(outputs).as(convention).isDeepEqualTo(rows(run.get("output")));
    }
  }

  private static Stream<Map.Entry<String, JsonNode>> networks() throws IOException {
    return json("networks.json").properties().stream();
  }

  /** The reader dissolves nested graphs, so their ports are taken out of what the package found. */
  @ParameterizedTest
  @MethodSource("networks")
  void nodesEdgesAndShapesAreThoseThatTheNirPackageFinds(Map.Entry<String, JsonNode> file)
      throws IOException {
    byte[] bytes =
        file.getKey().equals("orientations.nir")
            ? Files.readAllBytes(Path.of("../spark-job/example/orientations.nir"))
            : golden(file.getKey());
    Network network =
        NirReader.readWithNotes(bytes, file.getKey(), NirConvention.NORSE, 1e-4).network();

    Map<String, String> kinds = new TreeMap<>();
    int shapes = 0;
    for (Map.Entry<String, JsonNode> node : file.getValue().get("nodes").properties()) {
      String type = node.getValue().get("type").textValue();
      String path = NodePath.join(List.of(node.getKey().split("/")));
      if (node.getKey().contains("/") && (type.equals("Input") || type.equals("Output"))) {
        continue;
      }
      kinds.put(path, kind(type));
      JsonNode output = node.getValue().get("output");
      if (!output.isNull()) {
        shapes++;
        assertThat(network.outputShape(network.node(path).name()))
            .as(path)
            .hasToString(new ObjectMapper().convertValue(output, List.class).toString());
      }
    }
    assertThat(network.nodes().stream())
        .extracting(node -> Map.entry(node.path(), node.operation().kind()))
        .containsExactlyInAnyOrderElementsOf(kinds.entrySet());
    assertThat(shapes).isIn(0, kinds.size());
    assertThat(edges(network)).isEqualTo(flattened(file.getValue()));
  }

  private static String kind(String type) {
    return switch (type) {
      case "I", "IF", "LI", "LIF", "CubaLI", "CubaLIF", "Threshold" ->
          "nir_" + type.toLowerCase(java.util.Locale.ROOT);
      default -> type;
    };
  }

  private static Set<List<String>> edges(Network network) {
    Set<List<String>> edges = new HashSet<>();
    for (Edge edge : network.edges()) {
      edges.add(List.of(path(network, edge.source()), path(network, edge.target())));
    }
    return edges;
  }

  private static String path(Network network, String name) {
    Node node = network.node(name);
    return String.join("/", NodePath.split(node.path()));
  }

  /** All edges between plain nodes: a nested graph's port is replaced by what lies behind it. */
  private static Set<List<String>> flattened(JsonNode file) {
    List<List<String>> edges = new ArrayList<>();
    JsonNode nodes = file.get("nodes");
    JsonNode graphs = file.get("edges");
    for (Map.Entry<String, JsonNode> graph : graphs.properties()) {
      String prefix = graph.getKey().isEmpty() ? "" : graph.getKey() + "/";
      for (JsonNode edge : graph.getValue()) {
        String source = prefix + edge.get(0).textValue();
        String target = prefix + edge.get(1).textValue();
        edges.add(
            List.of(
                graphs.has(source) ? port(nodes, source, "Output") : source,
                graphs.has(target) ? port(nodes, target, "Input") : target));
      }
    }
    for (Map.Entry<String, JsonNode> node : nodes.properties()) {
      String type = node.getValue().get("type").textValue();
      if (node.getKey().contains("/") && (type.equals("Input") || type.equals("Output"))) {
        List<List<String>> in = edges.stream().filter(e -> e.get(1).equals(node.getKey())).toList();
        List<List<String>> out =
            edges.stream().filter(e -> e.get(0).equals(node.getKey())).toList();
        edges.removeAll(in);
        edges.removeAll(out);
        in.forEach(i -> out.forEach(o -> edges.add(List.of(i.get(0), o.get(1)))));
      }
    }
    return Set.copyOf(edges);
  }

  private static String port(JsonNode nodes, String graph, String type) {
    for (Map.Entry<String, JsonNode> node : nodes.properties()) {
      int slash = node.getKey().lastIndexOf('/');
      if (slash == graph.length()
          && node.getKey().startsWith(graph)
          && node.getValue().get("type").textValue().equals(type)) {
        return node.getKey();
      }
    }
    throw new AssertionError("no " + type + " in " + graph);
  }

  @Test
  void onlyTheFloat64WeightsOfTheseFilesAreWorthANote() throws IOException {
    assertThat(read("image.nir", "norse", 1).notes()).isEmpty();
    assertThat(read("nested.nir", "norse", 0.125).notes()).isEmpty();
    assertThat(read("neurons.nir", "norse", 0.125).notes())
        .containsExactly(
            "node affine (Affine): dataset 'weight' is FLOAT64; 0 of 9 values were rounded to"
                + " float32");
  }
}
