package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

/**
 * Files that are sound HDF5 and say something wrong: they are refused with a documented error, or
 * read; and what was read can be written and read again.
 */
class NirMutationTest {
  private static final int COUNT = 1000;
  private static final double DT = 0.125;
  private static final double[] VALUES = {0, -1, 0.5, 1e300, Double.NaN, Double.POSITIVE_INFINITY};
  private static final List<String> TYPES =
      List.of(
          "Input",
          "Output",
          "Affine",
          "Linear",
          "Scale",
          "Conv1d",
          "Conv2d",
          "SumPool2d",
          "AvgPool2d",
          "Flatten",
          "Threshold",
          "Delay",
          "I",
          "LI",
          "IF",
          "LIF",
          "CubaLI",
          "CubaLIF",
          "Nonsense");

  @Seeded
  void wrongFilesAreRefusedOrReadAndWrittenAgain(SplittableRandom random) {
    List<NirGraph> good = new ArrayList<>();
    NirCases.all()
        .values()
        .forEach(make -> good.add(NirFile.read(make.get().bytes(), NirNotes.silent())));
    int read = 0;
    int refused = 0;
    for (int i = 0; i < COUNT; i++) {
      NirGraph graph = good.get(random.nextInt(good.size()));
      for (int k = random.nextInt(3); k >= 0; k--) {
        graph = mutated(graph, random);
      }
      Network network;
      try {
        network = NirReader.read(graph, NirConvention.NORSE, DT);
      } catch (NirException | NetworkException e) {
        assertThat(e.getMessage()).isNotBlank();
        refused++;
        continue;
      }
      read++;
      byte[] bytes =
          NirWriter.toBytes(network, NirConvention.NORSE, DT, NirWriter.Compression.GZIP);
      Network again = NirReader.readWithNotes(bytes, "again", NirConvention.NORSE, DT).network();
      assertThat(NetworkDigest.of(again)).isEqualTo(NetworkDigest.of(network));
    }
    assertThat(read).isGreaterThan(COUNT / 10);
    assertThat(refused).isGreaterThan(COUNT / 10);
  }

  private static NirGraph mutated(NirGraph graph, SplittableRandom random) {
    if (!graph.graphs().isEmpty() && random.nextBoolean()) {
      Map<String, NirGraph> graphs = new TreeMap<>(Network.BYTE_ORDER);
      graphs.putAll(graph.graphs());
      String name = pick(graphs.keySet(), random);
      graphs.put(name, mutated(graphs.get(name), random));
      return new NirGraph(graph.segments(), graph.nodes(), graphs, graph.edges());
    }
    Map<String, NirNode> nodes = new TreeMap<>(Network.BYTE_ORDER);
    nodes.putAll(graph.nodes());
    List<Edge> edges = new ArrayList<>(graph.edges());
    if (random.nextInt(3) == 0) {
      mutateEdges(edges, nodes, random);
    } else if (!nodes.isEmpty()) {
      String name = pick(nodes.keySet(), random);
      NirNode node = nodes.remove(name);
      if (random.nextInt(12) != 0) {
        nodes.put(name, mutated(node, graph, name, random));
      }
    }
    return new NirGraph(graph.segments(), nodes, graph.graphs(), edges);
  }

  private static String pick(java.util.Collection<String> names, SplittableRandom random) {
    return List.copyOf(names).get(random.nextInt(names.size()));
  }

  private static void mutateEdges(
      List<Edge> edges, Map<String, NirNode> nodes, SplittableRandom random) {
    List<String> names = new ArrayList<>(nodes.keySet());
    names.add("nobody");
    if (!edges.isEmpty() && random.nextBoolean()) {
      edges.remove(random.nextInt(edges.size()));
    }
    if (random.nextBoolean()) {
      edges.add(new Edge(pick(names, random), pick(names, random)));
    }
  }

  private static NirNode mutated(
      NirNode node, NirGraph graph, String name, SplittableRandom random) {
    Map<String, Tensor> numbers = new TreeMap<>(node.numbers());
    Map<String, String> texts = new TreeMap<>(node.texts());
    String type = node.type();
    String dataset = numbers.isEmpty() ? "weight" : pick(numbers.keySet(), random);
    switch (random.nextInt(6)) {
      case 0 -> numbers.remove(dataset);
      case 1 -> type = TYPES.get(random.nextInt(TYPES.size()));
      case 2 -> {
        numbers.remove(dataset);
        texts.put(dataset, random.nextBoolean() ? "same" : "7");
      }
      case 3 -> {
        int[] dims = random.ints(random.nextInt(5), 0, 4).toArray();
        numbers.put(dataset, Tensor.of(Shape.of(dims), new float[Shape.of(dims).size()]));
      }
      default -> {
        Tensor tensor = numbers.getOrDefault(dataset, Tensor.of(Shape.of(1), new double[1]));
        double[] values = tensor.toDoubles();
        if (values.length > 0) {
          values[random.nextInt(values.length)] = VALUES[random.nextInt(VALUES.length)];
        }
        numbers.put(dataset, Tensor.of(tensor.shape(), values));
      }
    }
    List<String> path = new ArrayList<>(graph.segments());
    path.add(name);
    return NirNode.of(path, type, numbers, texts, NirHints.none());
  }
}
