package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.OutputOperation;
import org.velella.network.nir.NirWriter.Compression;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** What is written is the network that was given, or is refused by name. */
@Tag("files")
class NirWriterTest {
  private static final NirConvention NORSE = NirConvention.NORSE;
  private static final double DT = 0.125;

  private static Network around(Shape input, Operation operation) {
    return Network.builder()
        .node("input", new InputOperation(input))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "node")
        .edge("node", "output")
        .build();
  }

  private static Network again(Network network, NirConvention convention, double dt) {
    byte[] bytes = NirWriter.toBytes(network, convention, dt, Compression.GZIP);
    return NirReader.readWithNotes(bytes, "again", convention, dt).network();
  }

  private static void assertComesBack(Network network) {
    assertThat(NetworkDigest.of(again(network, NORSE, DT))).isEqualTo(NetworkDigest.of(network));
  }

  private static Stream<Arguments> goldenUnderEveryPreset() {
    return NirConvention.presetNames().stream()
        .flatMap(
            preset ->
                Stream.of("image.nir", "signal.nir", "neurons.nir", "nested.nir")
                    .map(file -> Arguments.of(file, preset)));
  }

  @ParameterizedTest
  @MethodSource("goldenUnderEveryPreset")
  void filesOfTheNirPackageComeBackUnderEveryPreset(String file, String preset) throws IOException {
    NirConvention convention = NirConvention.named(preset);
    Network network =
        NirReader.readWithNotes(NirGoldenTest.golden(file), file, convention, DT).network();

    assertThat(NetworkDigest.of(again(network, convention, DT)))
        .isEqualTo(NetworkDigest.of(network));
    assertThat(NirWriter.conventionOf(network)).isPresent();
  }

  @Test
  void shapesOfParametersComeBackThoughTheFileSpreadsThem() {
    for (Shape shape : List.of(Shape.SCALAR, Shape.of(1), Shape.of(1, 3), Shape.of(2, 1))) {
      double[] values = new double[shape.size()];
      java.util.Arrays.fill(values, 0.1);
      Map<String, ParameterValue> parameters = Map.of("r", ParameterValue.of(shape, values));
      assertComesBack(
          around(Shape.of(2, 3), new NeuronOperation(NirEquations.model("I", NORSE), parameters)));
      Tensor scale = Tensor.of(shape, Tensor.of(shape, values).toFloats());
      assertComesBack(around(Shape.of(2, 3), new ScaleOperation(scale)));
    }
  }

  @Test
  void convolutionWithoutBiasIsWrittenWithZerosAndComesBackWithout() {
    Tensor weight = Tensor.of(Shape.of(1, 1, 2), new float[] {1, 2});
    Shape one = Shape.of(1);
    Shape none = Shape.of(0);
    Network network =
        around(Shape.of(1, 4), new ConvOperation(1, weight, null, one, none, none, one, 1));

    assertComesBack(network);
    assertThat(((ConvOperation) again(network, NORSE, DT).node("node").operation()).bias())
        .isNull();
  }

  @Test
  void hintThatDoesNotFitItsDatasetIsLeftAlone() {
    // What a tool may leave behind that changes values and keeps metadata.
    NirHints hints = NirHints.parse("bias=none scale=[] tau=[4]");
    Map<String, Tensor> datasets = new java.util.TreeMap<>();
    datasets.put("bias", Tensor.of(Shape.of(2), new float[] {0, 1}));
    datasets.put("scale", Tensor.of(Shape.of(2), new float[] {2, 3}));
    datasets.put("tau", Tensor.of(Shape.of(2), new float[] {2, 2}));

    assertThat(hints.apply(datasets)).isEmpty();
    assertThat(datasets).hasSize(3);
    assertThat(datasets.get("scale").shape()).isEqualTo(Shape.of(2));
    assertThat(NirHints.parse("tau=[4] nonsense")).isNull();
    assertThat(hints.text()).isEqualTo("bias=none scale=[] tau=[4]");
  }

  private static void assertRefused(Network network, NirConvention convention, String why) {
    assertThatThrownBy(() -> NirWriter.toBytes(network, convention, DT, Compression.GZIP))
        .isInstanceOf(NirException.class)
        .hasMessage("The network cannot be written as NIR: " + why);
  }

  @Test
  void whatNirCannotExpressIsRefusedByName() {
    Tensor one = Tensor.of(Shape.of(1), new float[] {1});
    assertRefused(
        around(Shape.of(1, 2, 2), new BatchNormOperation(one, one, one, one, 1e-5)),
        NORSE,
        "node node (BatchNorm): NIR has no node that computes this");
    Shape two = Shape.of(2, 2);
    assertRefused(
        around(
            Shape.of(1, 2, 2),
            new PoolOperation(
                PoolOperation.Mode.MAXIMUM,
                two,
                two,
                Shape.of(0, 0),
                PoolOperation.Divisor.WINDOW)),
        NORSE,
        "node node (MaxPool2d): NIR pools by sum or average over two axes only");
    assertRefused(
        around(
            Shape.of(1, 2, 2),
            new PoolOperation(
                PoolOperation.Mode.AVERAGE, two, two, Shape.of(1, 1), PoolOperation.Divisor.VALID)),
        NORSE,
        "node node (AvgPool2d): NIR's average divides by the whole window, padding too");
    Tensor kernel = Tensor.zeros(DType.FLOAT32, Shape.of(1, 1, 3));
    assertRefused(
        around(
            Shape.of(1, 4),
            new ConvOperation(
                1, kernel, null, Shape.of(1), Shape.of(2), Shape.of(0), Shape.of(1), 1)),
        NORSE,
        "node node (Conv1d): NIR knows one padding for both ends of an axis, or 'same'; found [2]"
            + " before and [0] after");
  }

  @Test
  void neuronsOfAnotherConventionOrStepAreRefusedByName() {
    NeuronOperation lif = new NeuronOperation(NirEquations.model("LIF", NORSE), Map.of());
    assertRefused(
        around(Shape.of(2), lif),
        NirConvention.named("spyx"),
        "node node (nir_lif): its equations are not NIR's under this convention; those of the whole network are under norse");
    assertRefused(
        around(Shape.of(2), lif),
        NORSE,
        "node node (nir_lif): its time step is 1.0E-4 s, that of the file 0.125 s");
    assertRefused(
        around(Shape.of(2), new NeuronOperation(NeuronModels.izhikevich(ResetKind.HARD), Map.of())),
        NORSE,
        "node node (izhikevich): its equations are none that NIR has under this convention or any preset; if they come from a NIR file, give the convention with which it was read");
    assertThat(NirWriter.stepOf(around(Shape.of(2), lif))).hasValue(1e-4);
    assertThat(NirWriter.conventionOf(around(Shape.of(2), lif))).contains(NORSE);
  }

  @Test
  void cycleThatBeginsOtherwiseIsRefused() {
    Network network =
        Network.builder()
            .firstStep(FirstStep.ZERO_INPUT)
            .node("input", new InputOperation(Shape.of(1)))
            .node("output", new OutputOperation())
            .edge("input", "output")
            .build();
    assertRefused(
        network,
        NORSE,
        "its cycles begin with first-step=zero-input, the convention says first-step=zero; take norse,first-step=zero-input");
  }

  @SafeVarargs
  private static Network.Builder scales(List<String>... paths) {
    Network.Builder builder =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node("output", new OutputOperation());
    for (List<String> path : paths) {
      builder.node(path, new ScaleOperation(Tensor.of(Shape.SCALAR, new float[] {2})));
    }
    return builder;
  }

  @Test
  void nestedGraphsThatNeedMoreThanOnePortAreRefusedWithTheEdge() {
    Network network =
        scales(List.of("a"), List.of("b", "x"), List.of("b", "y"))
            .edge("input", "a")
            .edge("input", "b.x")
            .edge("a", "b.y")
            .edge("b.x", "output")
            .edge("b.y", "output")
            .build();
    assertRefused(
        network,
        NORSE,
        "its nested graphs have no form in NIR: with one Input and one Output node per graph, there"
            + " would be edge a -> b.x, too");
  }

  @Test
  void namesThatHdf5CannotHoldAreRefused() {
    Network network = scales(List.of("a/b")).edge("input", "a/b").edge("a/b", "output").build();
    assertRefused(network, NORSE, "node a/b (Scale): HDF5 can hold no node named 'a/b'");
  }

  @Test
  void fileIsReplacedOnlyByAWholeOne(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("net.nir");
    Tensor weight = Tensor.of(Shape.of(1, 2), new float[] {1, 2});
    Network good = around(Shape.of(2), new LinearOperation(weight, null));
    NirWriter.write(file, good, NORSE, DT);
    byte[] before = Files.readAllBytes(file);

    Network bad =
        around(Shape.of(2), new NeuronOperation(NeuronModels.izhikevich(ResetKind.HARD), Map.of()));
    assertThatThrownBy(() -> NirWriter.write(file, bad, NORSE, DT))
        .isInstanceOf(NirException.class);
    assertThat(file).hasBinaryContent(before);
    NirWriter.write(file, good, NORSE, DT);
    assertThat(file).hasBinaryContent(before);
    assertThat(before).isEqualTo(NirWriter.toBytes(good, NORSE, DT, Compression.GZIP));
    assertThat(folder.toFile().list()).containsExactly("net.nir");
  }
}
