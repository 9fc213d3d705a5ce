package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.velella.hdf5.Hdf5Sink;
import org.velella.hdf5.Hdf5Writer;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.NodePath;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

/**
 * Files that are sound HDF5 and say something wrong: they are refused with a documented error, or
 * read; and what was read can be written and read again.
 */
@Tag("files")
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
    int others = 0;
    for (int i = 0; i < COUNT; i++) {
      NirGraph graph = good.get(random.nextInt(good.size()));
      for (int k = random.nextInt(3); k >= 0; k--) {
        graph = mutated(graph, random);
      }
      NirGraph wrong = graph;
      Outcome outcome = outcome(bytes(wrong, i));
      if (i % 10 == 0 && canBeWritten(wrong)) {
        assertThat(outcome(file(wrong).bytes())).isEqualTo(outcome);
        others++;
      }
      if (outcome.network() == null) {
        assertThat(outcome.refusal())
            .startsWith("NIR file wrong.nir: ")
            .containsPattern("(?i)\\b(node|edge)s?\\b");
        Set<String> names = names(wrong);
        if (!names.isEmpty()) {
          assertThat(names).as(outcome.refusal()).anyMatch(outcome.refusal()::contains);
        }
        refused++;
        continue;
      }
      Network network = outcome.network();
      read++;
      byte[] bytes =
          NirWriter.toBytes(network, NirConvention.NORSE, DT, NirWriter.Compression.GZIP);
      Network again = NirReader.readWithNotes(bytes, "again", NirConvention.NORSE, DT).network();
      assertThat(NetworkDigest.of(again)).isEqualTo(NetworkDigest.of(network));
    }
    assertThat(read).isGreaterThan(COUNT / 10);
    assertThat(refused).isGreaterThan(COUNT / 10);
    assertThat(others).isGreaterThan(COUNT / 40);
  }

  /** Either a network, or why there is none. */
  private record Outcome(Network network, NetworkDigest digest, String refusal) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Outcome that
          && Objects.equals(digest, that.digest)
          && Objects.equals(refusal, that.refusal);
    }

    @Override
    public int hashCode() {
      return Objects.hash(digest, refusal);
    }
  }

  /** What becomes of the bytes of a file. */
  private static Outcome outcome(byte[] file) {
    try {
      Network network =
          NirReader.readWithNotes(file, "wrong.nir", NirConvention.NORSE, DT).network();
      return new Outcome(network, NetworkDigest.of(network), null);
    } catch (NirException e) {
      return new Outcome(null, null, e.getMessage());
    }
  }

  /** What a message may name: nodes, as they are or quoted, and the ends of edges. */
  private static Set<String> names(NirGraph graph) {
    Set<String> names = new TreeSet<>();
    graph.edges().forEach(edge -> names.addAll(List.of(edge.source(), edge.target())));
    names.addAll(graph.nodes().keySet());
    names.addAll(graph.graphs().keySet());
    graph.nodes().keySet().forEach(name -> names.add(NodePath.join(List.of(name))));
    graph.graphs().keySet().forEach(name -> names.add(NodePath.join(List.of(name))));
    graph.graphs().values().forEach(nested -> names.addAll(names(nested)));
    return names;
  }

  /** Every mutant is a file, every other one compressed. */
  private static byte[] bytes(NirGraph graph, int number) {
    Hdf5Sink.Memory sink = new Hdf5Sink.Memory();
    Hdf5Writer.Storage storage =
        number % 2 == 0 ? Hdf5Writer.Storage.DEFLATED : Hdf5Writer.Storage.PLAIN;
    NirGraphFile.write(graph, new Hdf5Writer(sink, storage));
    return sink.toBytes();
  }

  /** The kit's writer knows no empty arrays and no graphs without edges. */
  private static boolean canBeWritten(NirGraph graph) {
    return !graph.edges().isEmpty()
        && graph.nodes().values().stream()
            .flatMap(node -> node.numbers().values().stream())
            .noneMatch(tensor -> tensor.size() == 0)
        && graph.graphs().values().stream().allMatch(NirMutationTest::canBeWritten);
  }

  private static NirBuilder file(NirGraph graph) {
    NirBuilder file = new NirBuilder();
    graph.nodes().forEach((name, node) -> file.node(name, node.type(), datasets(node)));
    graph.graphs().forEach((name, nested) -> file.graph(name, file(nested)));
    graph.edges().forEach(edge -> file.edge(edge.source(), edge.target()));
    return file;
  }

  private static Object[] datasets(NirNode node) {
    List<Object> datasets = new ArrayList<>();
    node.numbers()
        .forEach(
            (name, tensor) -> {
              datasets.add(name);
              datasets.add(nested(elements(tensor), tensor.shape(), 0, 0));
            });
    node.texts()
        .forEach(
            (name, text) -> {
              datasets.add(name);
              datasets.add(text);
            });
    return datasets.toArray();
  }

  private static Object elements(Tensor tensor) {
    return switch (tensor.dtype()) {
      case FLOAT32 -> tensor.floats();
      case FLOAT64 -> tensor.doubles();
      case INT64 -> tensor.longs();
      default -> throw new AssertionError("No NIR file gives " + tensor.dtype());
    };
  }

  /** The elements of an axis and those behind it as arrays of arrays, from a place on. */
  private static Object nested(Object elements, Shape shape, int axis, int from) {
    if (axis == shape.rank()) {
      return Array.get(elements, from);
    }
    int[] dims = java.util.Arrays.copyOfRange(shape.toArray(), axis, shape.rank());
    Object array = Array.newInstance(elements.getClass().getComponentType(), dims);
    int step = shape.dropFirst(axis + 1).size();
    for (int i = 0; i < dims[0]; i++) {
      Array.set(array, i, nested(elements, shape, axis + 1, from + i * step));
    }
    return array;
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
    if (numbers.containsKey(dataset)) {
      // A file has one dataset of a name.
      texts.remove(dataset);
    }
    List<String> path = new ArrayList<>(graph.segments());
    path.add(name);
    return NirNode.of(path, type, numbers, texts, NirHints.none());
  }
}
