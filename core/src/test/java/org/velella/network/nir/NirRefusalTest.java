package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.Seeded;

/**
 * What cannot be read says so, with the name of what is wrong; damage never gives anything else.
 */
class NirRefusalTest {
  private static final Object[] LIF = {
    "tau", 0.5, "r", 1f, "v_leak", 0f, "v_threshold", 1f, "v_reset", 0f
  };

  private static void assertRefused(NirBuilder file, String... messages) {
    assertThatThrownBy(() -> file.read("norse", 0.125))
        .isInstanceOf(NirException.class)
        .hasMessageStartingWith("NIR file test.nir: ")
        .hasMessageContainingAll(messages);
  }

  private static void assertBytesRefused(byte[] bytes, String... messages) {
    assertThatThrownBy(() -> NirReader.readWithNotes(bytes, "test.nir", NirConvention.NORSE, 0.125))
        .isInstanceOf(NirException.class)
        .hasMessageStartingWith("NIR file test.nir: ")
        .hasMessageContainingAll(messages);
  }

  private static NirBuilder with(String type, Object... datasets) {
    return NirBuilder.around(type, new long[] {2}, datasets);
  }

  /** Where an external link leads to, its file says; the one that is meant here is beside it. */
  @ParameterizedTest
  @CsvSource({
    "external_node.nir, it has no group /node",
    "external_nodes.nir, is a NIRGraph without a group 'nodes'",
    "external_lif.nir, /node/nodes/lif",
    "external_type.nir, has no string 'type'",
    "external_tau.nir, /node/nodes/lif/tau is a link; NIR files hold their data themselves",
    "external_edges.nir, is a NIRGraph without a dataset 'edges'",
    "soft_tau.nir, /node/nodes/lif/tau is a link; NIR files hold their data themselves",
    "self_nodes.nir, is a NIRGraph without a group 'nodes'"
  })
  void linksAreNotFollowed(String name, String message, @TempDir Path longer) throws IOException {
    Path links = Path.of("src", "test", "resources", "golden", "hdf5-links");
    for (String each : List.of("target.nir", name)) {
      // Of files that are longer than what is read at once, the library knows the folder.
      Path file = Files.copy(links.resolve(each), longer.resolve(each));
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        bytes.setLength(NirFile.IN_MEMORY + 1);
      }
    }
    for (Path folder : List.of(links, longer)) {
      NirReader.read(folder.resolve("target.nir"), NirConvention.NORSE, 0.125);
      assertThatThrownBy(() -> NirReader.read(folder.resolve(name), NirConvention.NORSE, 0.125))
          .isInstanceOf(NirException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void danglingEdgeIsNamedWithTheNodesThatThereAre() {
    assertRefused(
        with("LIF", LIF).edge("node", "lif"),
        "edge node -> lif is dangling: there is no node 'lif'; nodes are [input, node, output]");
    NirBuilder inner = NirBuilder.ofInput(1).node("lif1", "LIF", LIF).output("output", 1);
    inner.node("lif2", "LIF", LIF);
    NirBuilder file =
        NirBuilder.ofInput(1)
            .graph("block", inner.chain("input", "lif", "output"))
            .output("output", 1)
            .chain("input", "block", "output");
    assertRefused(
        file,
        "edge input -> lif in graph block is dangling: there is no node 'lif'; nodes are [input,"
            + " lif1, lif2, output]");
  }

  @Test
  void shapesThatDoNotFitAreNamedWithBothNodes() {
    assertRefused(
        with("Linear", "weight", new float[][] {{1, 2, 3}}),
        "Node 'node' is fed by 'input' with [2]",
        "Linear with weight [1, 3] cannot take input of shape [2]");
    assertRefused(
        with("LIF", "tau", new float[] {1, 2, 3}, "r", 1f, "v_leak", 0f, "v_threshold", 1f),
        "Node 'node' is fed by 'input' with [2]",
        "[3]");
    NirBuilder sum =
        NirBuilder.ofInput(2)
            .node("wide", "Input", "shape", new long[] {3})
            .node("scale", "Scale", "scale", 2f)
            .output("output", 2)
            .chain("input", "scale", "output")
            .edge("wide", "scale");
    assertRefused(
        sum, "Node 'scale' sums inputs of different shapes: [2] from 'input' and [3] from 'wide'");
  }

  @Test
  void unknownTypesAreNamedWithTheNodeAndTheTypesThatThereAre() {
    assertRefused(
        with("Izhikevich", "a", 1f),
        "node node (Izhikevich): type 'Izhikevich' is not known",
        "CubaLIF and NIRGraph");
    assertRefused(
        with("Delay", "delay", -1f),
        "node node (Delay): dataset 'delay' must be from 0 to 1048576 steps of 0.125 s, found -1.0 s",
        "check the units");
    assertRefused(with("Delay", "delay", 1e6f), "found 1000000.0 s at index 0");
    assertRefused(
        with("Delay", "delay", Float.NaN), "dataset 'delay' must be finite, found NaN at []");
  }

  @Test
  void missingAndUnusableDatasetsAreNamed() {
    assertRefused(with("LI", "r", 1f, "tau", 1f), "dataset 'v_leak' is missing; found [r, tau]");
    assertRefused(with("Linear"), "node node (Linear): dataset 'weight' is missing; found []");
    assertRefused(with("Linear", "weight", "none"), "dataset 'weight' is the text 'none'");
    assertRefused(
        with("Linear", "weight", new float[] {1, 2}),
        "dataset 'weight' has shape [2], its rank must be 2");
    assertRefused(
        with("Affine", "weight", new float[][] {{1, 2}}, "bias", new float[] {1, 2, 3}),
        "node node (Affine)",
        "bias [3] does not fit weight [1, 2]");
    assertRefused(with("Flatten", "start_dim", 0.5, "end_dim", 1L), "'start_dim'", "found 0.5");
    assertRefused(
        with("Flatten", "start_dim", new long[] {0, 1}, "end_dim", 1L),
        "dataset 'start_dim' must be one number, found 2");
    assertRefused(
        with("SumPool2d", "kernel_size", new long[] {1, 2, 3}, "stride", 1L, "padding", 0L),
        "dataset 'kernel_size' must be 1 or 2 numbers, found 3");
    assertRefused(
        with("AvgPool2d", "kernel_size", 2L, "stride", 0L, "padding", 0L),
        "dataset 'stride' must be at least 1, found 0");
  }

  private static NirBuilder conv(Object stride, Object padding) {
    return NirBuilder.around(
        "Conv1d",
        new long[] {1, 5},
        "weight",
        new float[][][] {{{1, 1}}},
        "stride",
        stride,
        "padding",
        padding,
        "dilation",
        1L,
        "groups",
        1L);
  }

  @Test
  void paddingThatCannotBeIsRefused() {
    assertRefused(conv(1L, "full"), "padding is 'full'; numbers, 'same' and 'valid' are supported");
    assertRefused(conv(2L, "same"), "padding 'same' needs stride 1, found [2]");
    assertRefused(conv(1L, -1L), "dataset 'padding' must be at least 0, found -1");
    assertThat(conv(1L, 0L).network().outputShape("node")).hasToString("[1, 4]");
  }

  @Test
  void valuesThatAreNotFiniteAreNamedWithTheirIndex() {
    float[][] weight = {{1, 2}, {3, Float.NaN}};
    assertRefused(
        with("Linear", "weight", weight),
        "node node (Linear): dataset 'weight' must be finite, found NaN at [1, 1]");
    double[][] huge = {{1, -1e300}};
    assertRefused(
        with("Linear", "weight", huge),
        "dataset 'weight' holds -1.0E300 at [0, 1], which float32 cannot hold");
    Object[] lif = LIF.clone();
    lif[3] = new double[] {1, Double.NEGATIVE_INFINITY};
    assertRefused(with("LIF", lif), "dataset 'r' must be finite, found -Infinity at [1]");
  }

  @Test
  void parametersOutOfRangeAreNamedWithTheNeuron() {
    Object[] lif = LIF.clone();
    lif[1] = new float[] {0.5f, 0};
    assertRefused(with("LIF", lif), "node node (LIF)", "tau", "> 0");
  }

  @Test
  void hostileShapesAreRefusedBeforeMemoryIsTaken() {
    long[] vast = {1L << 20, 1L << 20};
    assertRefused(
        NirBuilder.around("Scale", vast, "scale", 1f),
        "node input (Input): dataset 'shape' is no shape that can be simulated: [1048576,"
            + " 1048576]");
    assertRefused(
        NirBuilder.around("Scale", new long[] {1L << 40}, "scale", 1f), "'shape'", "below 2^31");
    assertRefused(NirBuilder.around("Scale", new long[] {-1}, "scale", 1f), "[-1]");
    assertRefused(
        NirBuilder.around("Scale", new long[] {1 << 29}, "scale", 1f),
        "Node 'input' gives [536870912] values per step");
  }

  @ParameterizedTest
  @CsvSource({
    "signal.nir, 3 4 4, 31, /node/nodes/same/weight, 412316860416, a file",
    "image.nir, 4 1 3 2, 31, /node/nodes/conv1/weight, 206158430208, a file",
    // Less than compressed data of the file's length could be, but not of its chunk's.
    "image.nir, 4 1 3 2, 16, /node/nodes/conv1/weight, 6291456, chunks",
    // Less than compressed data of this length could be, but it is not compressed.
    "signal.nir, 3 4 4, 10, /node/nodes/same/weight, 196608, a file"
  })
  void datasetsThatClaimMoreThanTheFileHoldsAreRefused(
      String name, String shape, int shift, String dataset, String claimed, String where)
      throws Exception {
    byte[] bytes = NirGoldenTest.golden(name).clone();
    long[] dims = Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int places = 0;
    for (int at = 0; at + 8 * dims.length <= bytes.length; at++) {
      long[] found = new long[dims.length];
      buffer.position(at);
      buffer.asLongBuffer().get(found);
      if (Arrays.equals(found, dims)) {
        int last = dims.length - 1;
        buffer.putLong(at + 8 * last, dims[last] << shift);
        places++;
      }
    }
    assertThat(places).isPositive();
    assertBytesRefused(
        bytes, dataset + " claims " + claimed + " bytes of data in " + where + " of");
  }

  @Test
  void chunksLongerThanTheirDatasetAreRefused() throws Exception {
    byte[] bytes = NirGoldenTest.golden("image.nir").clone();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    // The axes of a chunk, and the size of an element.
    int[] chunk = {4, 1, 3, 2, Float.BYTES};
    int places = 0;
    for (int at = 0; at + 4 * chunk.length <= bytes.length; at++) {
      int[] found = new int[chunk.length];
      buffer.position(at);
      buffer.asIntBuffer().get(found);
      if (Arrays.equals(found, chunk)) {
        buffer.putInt(at + 12, 1 << 20);
        places++;
      }
    }
    assertThat(places).isPositive();
    assertBytesRefused(
        bytes,
        "/node/nodes/conv1/weight of shape [4, 1, 3, 2] is stored in chunks of [4, 1, 3, 1048576]");
  }

  @Test
  void graphsWithoutTheirPartsAreRefused() {
    assertRefused(
        NirBuilder.ofInput(2).output("output", 2), "/node", "is a NIRGraph without", "'edges'");
    assertRefused(
        with("LIF", LIF).node("loose", "LIF", LIF), "Node 'loose'", "has no incoming edge");
    NirBuilder portless = new NirBuilder().node("s", "Scale", "scale", 1f).edge("s", "s");
    NirBuilder file = NirBuilder.ofInput(2).graph("g", portless).output("output", 2);
    assertRefused(
        file.chain("input", "g", "output"),
        "edge input -> g needs one Input node in graph g, which has 0");
  }

  @Test
  void twoWaysThroughNestedGraphsFromOneNodeToAnotherAreRefused() {
    NirBuilder pass = NirBuilder.ofInput(2).output("output", 2).edge("input", "output");
    NirBuilder file =
        NirBuilder.ofInput(2).graph("g", pass).output("output", 2).edge("input", "output");
    assertRefused(
        file.chain("input", "g", "output"),
        "node input reaches node output on two ways through nested graphs");
  }

  @Test
  void filesThatAreNoNirFilesAreRefused(@TempDir Path folder) throws Exception {
    assertBytesRefused(new byte[0], "it is no HDF5 file");
    assertBytesRefused("{\"nodes\": []}".repeat(100).getBytes("UTF-8"), "it is no HDF5 file");
    Path missing = folder.resolve("missing.nir");
    assertThatThrownBy(() -> NirReader.read(missing, NirConvention.NORSE, 1))
        .isInstanceOf(NirException.class)
        .hasMessage("NIR file " + missing + ": there is no such file; check the path");
    assertThatThrownBy(() -> NirReader.read(folder, NirConvention.NORSE, 1))
        .isInstanceOf(NirException.class)
        .hasMessageContaining("it is a directory");
    Path other = folder.resolve("other.h5");
    try (io.jhdf.WritableHdfFile hdf = io.jhdf.HdfFile.write(other)) {
      hdf.putDataset("weights", new float[] {1});
    }
    assertBytesRefused(Files.readAllBytes(other), "no group /node", "[weights]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void stepsWithoutALengthAreRefused(double dt) {
    NirBuilder file = with("LIF", LIF);
    assertThatThrownBy(() -> file.read("norse", dt))
        .isInstanceOf(NirException.class)
        .hasMessageContaining("The time step must be a positive number of seconds, found " + dt);
  }

  /** Fails with anything but a refusal; a mutation may also do no harm. */
  private static boolean isRefused(byte[] bytes) {
    try {
      NirReader.readWithNotes(bytes, "test.nir", NirConvention.NORSE, 0.125);
      return false;
    } catch (NirException e) {
      assertThat(e).hasMessageStartingWith("NIR file test.nir: ");
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"image.nir", "nested.nir", "neurons.nir", "signal.nir"})
  void truncatedFilesAreRefused(String name) throws Exception {
    byte[] bytes = NirGoldenTest.golden(name);
    for (int length = 0; length < bytes.length; length += 397) {
      assertThat(isRefused(Arrays.copyOf(bytes, length))).as("%s bytes", length).isTrue();
    }
    assertThat(isRefused(Arrays.copyOf(bytes, bytes.length - 1))).isTrue();
  }

  @Seeded(times = 60)
  void damagedBytesAreRefusedOrHarmless(SplittableRandom random) throws Exception {
    byte[] bytes = NirGoldenTest.golden(random.nextBoolean() ? "nested.nir" : "signal.nir").clone();
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    isRefused(bytes);
  }
}
