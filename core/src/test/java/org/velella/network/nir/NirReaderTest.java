package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.NodePath;

/** Every node type and the forms that its datasets come in; expected values by hand. */
class NirReaderTest {
  private static final long[] ONE = {1};

  private static float[] output(NirBuilder file, float... input) {
    return NirRun.output(file.network(), input);
  }

  private static Object conv2dOf12(Object... changes) {
    Object[] datasets = {
      "weight", new float[][][][] {{{{1, 10}}}},
      "bias", new float[] {0},
      "stride", 1L,
      "padding", 0L,
      "dilation", 1L,
      "groups", 1L
    };
    for (int i = 0; i < changes.length; i += 2) {
      for (int k = 0; k < datasets.length; k += 2) {
        if (datasets[k].equals(changes[i])) {
          datasets[k + 1] = changes[i + 1];
        }
      }
    }
    return datasets;
  }

  private static float[] convolved(Object... changes) {
    NirBuilder file =
        NirBuilder.around("Conv2d", new long[] {1, 2, 3}, (Object[]) conv2dOf12(changes));
    return output(file, 1, 2, 3, 4, 5, 6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1.1", "0.2.0", "1.0.8", "1.7"})
  void filesOfKnownVersionsAreReadAlike(String version) {
    NirBuilder file = NirBuilder.around("Scale", ONE, "scale", 3f).version(version);
    NirImport read = file.read("norse", 0.125);
    assertThat(read.notes()).isEmpty();
    assertThat(NirRun.output(read.network(), new float[] {2})).containsExactly(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.0.0", "10.1", "next"})
  void anUnknownVersionIsNoted(String version) {
    NirBuilder file = NirBuilder.around("Scale", ONE, "scale", 3f).version(version);
    NirImport read = file.read("norse", 0.125);
    assertThat(read.notes())
        .containsExactly(
            "it is of NIR version '"
                + version
                + "', which is not known; it was read as one of version 1");
    assertThat(NirRun.output(read.network(), new float[] {2})).containsExactly(6);
  }

  @Test
  void affineAndLinearMultiply() {
    float[][] weight = {{1, 2}, {3, 4}};
    NirBuilder affine =
        NirBuilder.around(
            "Affine", new long[] {2}, "weight", weight, "bias", new float[] {0.5f, -0.5f});
    assertThat(output(affine, 1, 10)).containsExactly(21.5f, 42.5f);
    NirBuilder linear = NirBuilder.around("Linear", new long[] {2}, "weight", weight);
    assertThat(output(linear, 1, 10)).containsExactly(21, 43);
  }

  @Test
  void scaleTakesOneFactorOrOnePerElement() {
    NirBuilder each = NirBuilder.around("Scale", new long[] {2}, "scale", new float[] {2, -1});
    assertThat(output(each, 1, 10)).containsExactly(2, -10);
    assertThat(output(NirBuilder.around("Scale", new long[] {2}, "scale", 3f), 1, 10))
        .containsExactly(3, 30);
    NirBuilder channels =
        NirBuilder.around("Scale", new long[] {2, 2}, "scale", new float[][] {{2}, {3}});
    assertThat(output(channels, 1, 1, 1, 1)).containsExactly(2, 2, 3, 3);
  }

  @Test
  void conv2dTakesKernelsThatAreNotSquareAndNumbersOrPairs() {
    assertThat(convolved()).containsExactly(21, 32, 54, 65);
    assertThat(convolved("stride", new long[] {1, 1})).containsExactly(21, 32, 54, 65);
    assertThat(convolved("stride", new long[] {2, 1})).containsExactly(21, 32);
    assertThat(convolved("stride", 2L)).containsExactly(21);
    assertThat(convolved("dilation", new long[] {1, 2})).containsExactly(31, 64);
    assertThat(convolved("bias", new double[] {0.5})).containsExactly(21.5f, 32.5f, 54.5f, 65.5f);
    assertThat(convolved("padding", new long[] {0, 1}))
        .containsExactly(10, 21, 32, 3, 40, 54, 65, 6);
    assertThat(convolved("padding", 1L))
        .containsExactly(0, 0, 0, 0, 10, 21, 32, 3, 40, 54, 65, 6, 0, 0, 0, 0);
  }

  @Test
  void paddingByNameIsThatOfPytorch() {
    assertThat(convolved("padding", "valid")).containsExactly(21, 32, 54, 65);
    // An even kernel has the odd zero at the end.
    assertThat(convolved("padding", "same")).containsExactly(21, 32, 3, 54, 65, 6);
    assertThat(convolved("padding", "same", "dilation", new long[] {1, 2}))
        .containsExactly(20, 31, 2, 50, 64, 5);
  }

  @Test
  void conv1dTakesGroupsAndDilation() {
    NirBuilder file =
        NirBuilder.around(
            "Conv1d",
            new long[] {2, 3},
            "weight",
            new float[][][] {{{1, 10}}, {{100, 1000}}},
            "bias",
            new float[] {0, 1},
            "stride",
            1L,
            "padding",
            0L,
            "dilation",
            2L,
            "groups",
            2L,
            "input_shape",
            3L);
    assertThat(output(file, 1, 2, 3, 4, 5, 6)).containsExactly(31, 6401);
    assertThat(file.read("norse", 1).notes()).isEmpty();
  }

  @Test
  void poolingSumsAndDividesByTheWholeWindow() {
    Object[] plain = {"kernel_size", new long[] {2, 2}, "stride", 2L, "padding", 0L};
    Object[] padded = {
      "kernel_size", 2L, "stride", new long[] {2, 2}, "padding", new long[] {0, 1}
    };
    float[] image = {1, 2, 3, 4, 5, 6, 7, 8};
    long[] shape = {1, 2, 4};
    assertThat(output(NirBuilder.around("SumPool2d", shape, plain), image)).containsExactly(14, 22);
    assertThat(output(NirBuilder.around("SumPool2d", shape, padded), image))
        .containsExactly(6, 18, 12);
    assertThat(output(NirBuilder.around("AvgPool2d", shape, plain), image))
        .containsExactly(3.5f, 5.5f);
    assertThat(output(NirBuilder.around("AvgPool2d", shape, padded), image))
        .containsExactly(1.5f, 4.5f, 3);
  }

  @Test
  void flattenCountsAxesWithoutBatch() {
    NirBuilder some =
        NirBuilder.around("Flatten", new long[] {2, 3, 4}, "start_dim", 1L, "end_dim", -1L);
    assertThat(some.network().outputShape("node")).hasToString("[2, 12]");
    NirBuilder all =
        NirBuilder.around("Flatten", new long[] {2, 3, 4}, "start_dim", 0L, "end_dim", 2L);
    assertThat(all.network().outputShape("output")).hasToString("[24]");
  }

  @Test
  void thresholdIsStrict() {
    NirBuilder file =
        NirBuilder.around("Threshold", new long[] {3}, "threshold", NirBuilder.filled(3, 0.5f));
    assertThat(output(file, 0.5f, Math.nextUp(0.5f), 0.49f)).containsExactly(0, 1, 0);
  }

  @Test
  void parametersAreOfOneValueOrOnePerNeuronInEitherPrecision() {
    Network perNeuron =
        NirBuilder.around(
                "LIF",
                new long[] {2, 2},
                "tau",
                new double[][] {{0.5, 0.5}, {0.5, 0.5}},
                "r",
                new float[][] {{8, 8}, {8, 8}},
                "v_leak",
                new float[][] {{0, 0}, {0, 0}},
                "v_threshold",
                new float[][] {{1, 2}, {3, 4}},
                "v_reset",
                new double[][] {{0, 0}, {0, 0}})
            .network();
    Network broadcast =
        NirBuilder.around(
                "LIF",
                new long[] {2, 2},
                "tau",
                0.5,
                "r",
                new float[] {8},
                "v_leak",
                new long[][] {{0}},
                "v_threshold",
                new double[][] {{1, 2}, {3, 4}},
                "v_reset",
                0f)
            .network();

    float[][] inputs = {{1, 1, 1, 1}, {0.9f, 1, 1.1f, 2}, {3, 0, 3, 3}};
    float[][] spikes = NirRun.outputs(perNeuron, inputs);
    assertThat(NirRun.outputs(broadcast, inputs)).isDeepEqualTo(spikes);
    // v = 2 for all; thresholds 1, 2, 3, 4 and strict.
    assertThat(spikes[0]).containsExactly(1, 0, 0, 0);
    // 0.75 v + 2 x: 1.8, 3.5, 3.7, 5.5
    assertThat(spikes[1]).containsExactly(1, 1, 1, 1);
    assertThat(spikes[2]).containsExactly(1, 0, 1, 1);
  }

  @Test
  void missingResetIsZeroAndReported() {
    NirBuilder file = NirBuilder.around("IF", ONE, "r", 1f, "v_threshold", 1f);
    NirImport imported = file.read("norse", 1);

    assertThat(NirRun.outputs(imported.network(), new float[] {2}, new float[] {0.75f}))
        .isDeepEqualTo(new float[][] {{1}, {0}});
    assertThat(imported.notes())
        .containsExactly("node node (IF): dataset 'v_reset' is missing and was taken as 0");
  }

  @Test
  void parameterThatTheConventionDoesNotUseIsReportedIfItIsNotZero() {
    Object[] datasets = {"r", 1f, "v_threshold", 1f, "v_reset", 0.25f};
    assertThat(NirBuilder.around("IF", ONE, datasets).read("sinabs", 1).notes())
        .containsExactly("node node (IF): 'v_reset' plays no part in this convention");
    datasets[5] = 0f;
    assertThat(NirBuilder.around("IF", ONE, datasets).read("sinabs", 1).notes()).isEmpty();
  }

  @Test
  void datasetsThatNobodyKnowsAreReported() {
    NirBuilder file = NirBuilder.around("Scale", ONE, "scale", 2f, "gain", 3f, "author", "me");
    assertThat(file.read("norse", 1).notes())
        .containsExactly(
            "node node (Scale): dataset 'author' is not known for this type and was left out",
            "node node (Scale): dataset 'gain' is not known for this type and was left out");
  }

  @Test
  void weightsThatFloat32CannotHoldExactlyAreRoundedAndReported() {
    double[][] weight = {{0.1, 0.5}};
    NirImport imported =
        NirBuilder.around("Linear", new long[] {2}, "weight", weight).read("norse", 1);

    assertThat(NirRun.output(imported.network(), 1, 0)).containsExactly(0.1f);
    assertThat(imported.notes())
        .containsExactly(
            "node node (Linear): dataset 'weight' is FLOAT64; 1 of 2 values were rounded to"
                + " float32");
  }

  @Test
  void declaredShapesThatTheEdgesDoNotGiveAreReported() {
    NirBuilder file =
        NirBuilder.ofInput(1, 2, 3)
            .node("conv", "Conv2d", withInputShape((Object[]) conv2dOf12()))
            .node(
                "flatten",
                "Flatten",
                "start_dim",
                0L,
                "end_dim",
                -1L,
                "input_type",
                new long[] {0, 0, 0, 0})
            .output("output", 1, 1, 4)
            .chain("input", "conv", "flatten", "output");
    assertThat(file.read("norse", 1).notes())
        .containsExactlyInAnyOrder(
            "node conv (Conv2d): dataset 'input_shape' declares [3, 2], the edges give [2, 3],"
                + " which was taken",
            "node flatten (Flatten): dataset 'input_type' declares [0, 0, 0, 0], the edges give"
                + " [1, 2, 2], which was taken",
            "node output (Output): dataset 'shape' declares [1, 1, 4], the edges give [4], which"
                + " was taken");
  }

  private static Object[] withInputShape(Object... datasets) {
    Object[] more = java.util.Arrays.copyOf(datasets, datasets.length + 2);
    more[datasets.length] = "input_shape";
    more[datasets.length + 1] = new long[] {3, 2};
    return more;
  }

  @Test
  void stepLongerThanATimeConstantIsReportedForForwardEuler() {
    Object[] datasets = {"tau", 0.5, "r", 1f, "v_leak", 0f};
    NirBuilder file = NirBuilder.around("LI", ONE, datasets);
    assertThat(file.read("norse", 0.75).notes())
        .singleElement()
        .asString()
        .contains("node node (LI)", "0.75 s", "tau = 0.5 s", "check the units");
    assertThat(file.read("norse", 0.5).notes()).isEmpty();
    assertThat(file.read("sinabs", 0.75).notes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lif1.lif",
        "10",
        "it's",
        "\"quoted\"",
        "ünï 雪 🪼",
        "a b",
        "a,b:c=d",
        "..x",
        "__",
        "%s"
      })
  void nodesMayHaveAnyName(String name) {
    Network network =
        NirBuilder.ofInput(1)
            .node(name, "IF", "r", 1f, "v_threshold", 1f, "v_reset", 0f)
            .output("output", 1)
            .chain("input", name, "output")
            .network();

    assertThat(network.memories()).containsOnlyKeys(NodePath.join(List.of(name)) + ".v");
    assertThat(NirRun.output(network, 2)).containsExactly(1);
  }

  @Test
  void pathBytesAndNotesGiveTheSameNetwork(@TempDir Path folder) throws Exception {
    byte[] bytes = NirGoldenTest.golden("nested.nir");
    Path file = Files.write(folder.resolve("nested.nir"), bytes);
    NetworkDigest expected =
        NetworkDigest.of(
            NirReader.readWithNotes(bytes, "nested", NirConvention.NORSE, 1).network());

    assertThat(NetworkDigest.of(NirReader.read(file, NirConvention.NORSE, 1))).isEqualTo(expected);
    NirImport imported = NirReader.readWithNotes(file, NirConvention.NORSE, 1);
    assertThat(NetworkDigest.of(imported.network())).isEqualTo(expected);
    assertThat(imported.convention()).isEqualTo(NirConvention.NORSE);
    assertThat(imported.dt()).isEqualTo(1);
  }
}
