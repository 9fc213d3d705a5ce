package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.Sampling;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class NetworkStructureTest {
  private static String json(String... nodes) {
    return "{\"format\": \"velella-network\", \"version\": 1, \"nodes\": ["
        + String.join(", ", nodes)
        + "]}";
  }

  private static final String INPUT = "{'path': 'in', 'op': 'input', 'shape': [2, 6, 6]}";
  private static final String OUTPUT = "{'path': 'out', 'op': 'output'}";

  private static NetworkStructure parse(String... nodes) {
    return NetworkStructure.parse(json(nodes).replace('\'', '"'));
  }

  @Test
  void whatIsLeftOutTakesPyTorchsDefaults() {
    NetworkStructure structure =
        parse(
            INPUT,
            "{'path': 'a.0', 'op': 'conv', 'weight': [3, 2, 3, 3], 'stride': 2}",
            "{'path': 'a.1', 'op': 'pool', 'mode': 'average', 'kernel': [2, 1]}",
            "{'path': 'a.2', 'op': 'neuron', 'model': 'if_soft'}",
            "{'path': 'a.3', 'op': 'flatten'}",
            OUTPUT);
    assertThat(structure.tensors())
        .containsExactly(
            new TensorPlace("a.0", "conv", "weight", DType.FLOAT32, Shape.of(3, 2, 3, 3)));
    Network network =
        structure.build(Map.of("a.0.weight", Tensor.zeros(DType.FLOAT32, Shape.of(3, 2, 3, 3))));
    ConvOperation conv = (ConvOperation) network.node("a.0").operation();
    assertThat(conv.stride()).isEqualTo(Shape.of(2, 2));
    assertThat(conv.padding()).isEqualTo(Shape.of(0, 0));
    assertThat(conv.dilation()).isEqualTo(Shape.of(1, 1));
    assertThat(conv.groups()).isOne();
    assertThat(conv.bias()).isNull();
    PoolOperation pool = (PoolOperation) network.node("a.1").operation();
    assertThat(pool.stride()).isEqualTo(Shape.of(2, 1));
    assertThat(pool.divisor()).isEqualTo(PoolOperation.Divisor.WINDOW);
    NeuronOperation neurons = (NeuronOperation) network.node("a.2").operation();
    assertThat(neurons.model()).isEqualTo(NeuronModels.integrateAndFire(ResetKind.SOFT));
    assertThat(network.outputShape("a.3")).isEqualTo(Shape.of(3 * 1 * 2));
    assertThat(network.edges())
        .contains(new Edge("in", "a.0"), new Edge("a.2", "a.3"), new Edge("a.3", "out"));
  }

  private static Tensor numbers(int... dims) {
    Tensor tensor = Tensor.zeros(DType.FLOAT32, Shape.of(dims));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = 1f / (i + 3);
    }
    return tensor;
  }

  /** Nodes of many sorts, with a loop, quoted names and two models called {@code if}. */
  private static Network everything() {
    Shape two = Shape.of(2, 2);
    Connectivity rows = Connectivity.ofNonZero(numbers(3, 18));
    return Network.builder()
        .node("in", Nets.input(2, 6, 6))
        .node(
            List.of("block", "conv.0"),
            new ConvOperation(
                2,
                numbers(4, 1, 2, 3),
                numbers(4),
                Shape.of(1, 2),
                Shape.of(0, 1),
                Shape.of(1, 1),
                Shape.of(1, 1),
                2))
        .node(
            List.of("block", "norm"),
            new BatchNormOperation(numbers(4), numbers(4), numbers(4), numbers(4), 1e-3))
        .node("own if", Nets.neurons())
        .node(
            "if",
            new NeuronOperation(
                NeuronModels.integrateAndFire(ResetKind.HARD),
                Map.of(
                    "v_threshold",
                    ParameterValue.of(Shape.of(4, 1, 1), new double[] {0.1, 2, 1e-300, 3}),
                    "v_reset",
                    ParameterValue.of(-0.1))))
        .node("scale", new ScaleOperation(numbers(4, 1, 1)))
        .node(
            "pool",
            new PoolOperation(
                PoolOperation.Mode.AVERAGE, two, two, Shape.of(1, 1), PoolOperation.Divisor.VALID))
        .node("flat", new FlattenOperation(0, -1))
        .node("fc", new LinearOperation(numbers(18, 32), null))
        .node("sparse", new SparseOperation(Shape.of(18), Shape.of(3), rows, numbers(54)))
        .node("delay", new DelayOperation(Tensor.of(Shape.of(1), new int[] {3})))
        .node("poisson", new BernoulliOperation(Sampling.SKIP, 0.25f))
        .node("out", Nets.output())
        .node("side", Nets.output())
        .firstStep(FirstStep.ZERO)
        .edge("in", "block.conv.0")
        .edge("block.conv.0", "block.norm")
        .edge("block.norm", "own if")
        .edge("own if", "if")
        .edge("if", "if")
        .edge("if", "scale")
        .edge("scale", "pool")
        .edge("pool", "flat")
        .edge("flat", "fc")
        .edge("fc", "delay")
        .edge("delay", "sparse")
        .edge("sparse", "out")
        .edge("in", "poisson")
        .edge("poisson", "side")
        .build();
  }

  @Test
  void whatIsWrittenGivesAnEqualNetworkBack() {
    Network network = everything();
    NetworkJson json = NetworkJson.of(network, "net.safetensors");
    NetworkStructure structure = NetworkStructure.parse(json.text());
    assertThat(structure.weightsFile()).contains("net.safetensors");
    assertThat(NetworkDigest.of(structure.build(json.tensors())))
        .isEqualTo(NetworkDigest.of(network));
    assertThat(NetworkJson.of(structure.build(json.tensors()), "net.safetensors").text())
        .isEqualTo(json.text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|must be a JSON object",
        "{}|'format' must be \"velella-network\"",
        "{\"format\": \"velella-network\", \"version\": 2, \"nodes\": []}|version 2",
        "{\"format\": \"velella-network\", \"version\": 1}|lacks 'nodes'",
        "{\"format\": \"velella-network\", \"version\": 1, \"nodes\": [], \"x\": 1}|unknown field",
        "{\"format\": \"velella-network\", \"version\": 1, \"nodes\": [3]}|must be a JSON object",
        "{ no json|JSON cannot be read",
      })
  void textsThatAreNoNetworksAreRefused(String text, String says) {
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> NetworkStructure.parse(text))
        .withMessageContaining(says);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'path': 'n', 'op': 'neuron', 'model': 'lfi'}|no neuron model 'lfi'",
        "{'path': 'n', 'op': 'neuron', 'model': 0}|names model 0 of 0",
        "{'path': 'n', 'op': 'neuron', 'model': 'lif', 'parameters': {'t': 1}}|no parameter 't'",
        "{'path': 'n', 'op': 'neuron', 'model': 'model x'}|cannot be read",
        "{'path': 'n', 'op': 'linear'}|lacks 'weight'",
        "{'path': 'n', 'op': 'pool', 'mode': 'median', 'kernel': [1]}|'mode' must be one of",
        "{'path': 'n', 'op': 'batch_norm', 'channels': 2, 'affine': 'no'}|'affine' must be true or false, found \"no\"",
        "{'path': 'n', 'op': 'conv', 'weight': [1, 2, 3, 3], 'padding': 'full'}|Node 'n': 'padding' is \"full\"",
        "{'path': 'n', 'op': 'conv', 'weight': [1, 2, 3, 3], 'padding': 'same', 'stride': 2}|needs a stride of 1",
        "{'path': 'n', 'op': 'jump'}|operation 'jump' is not known",
        "{'path': 'n', 'op': 'flatten', 'begin': 1}|unknown field 'begin'",
      })
  void nodesThatAreNotRightAreNamed(String node, String says) {
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> parse(INPUT, node, OUTPUT).build(Map.of()))
        .withMessageContaining(says);
  }

  /** Zeros in all are dilation * (kernel - 1): 2 * 2 = 4 and 2 * 3 = 6; 3 for a kernel of 4. */
  @Test
  void paddingMayHavePyTorchsNames() {
    String conv = "{'path': 'n', 'op': 'conv', 'weight': [1, 2, 3, 4], 'padding': 'same'";
    assertThat(padding(conv + ", 'dilation': 2}")).containsExactly(Shape.of(2, 3), Shape.of(2, 3));
    assertThat(padding(conv + "}")).containsExactly(Shape.of(1, 1), Shape.of(1, 2));
    assertThat(padding(conv.replace("same", "valid") + "}"))
        .containsExactly(Shape.of(0, 0), Shape.of(0, 0));
  }

  private static List<Shape> padding(String node) {
    Map<String, Tensor> weight = Map.of("n.weight", numbers(1, 2, 3, 4));
    Network network = parse(INPUT, node, OUTPUT).build(weight);
    ConvOperation conv = (ConvOperation) network.node("n").operation();
    return List.of(conv.padding(), conv.paddingEnd());
  }

  @Test
  void theFirstStepMayBeWrittenInSmallLetters() {
    String text = json(INPUT, OUTPUT).replace('\'', '"').replace("[2, 6, 6]", "[1]");
    for (String name : List.of("zero_input", "ZERO_INPUT")) {
      String named = text.replace("\"nodes\"", "\"first_step\": \"" + name + "\", \"nodes\"");
      assertThat(NetworkStructure.parse(named).build(Map.of()).firstStep())
          .isEqualTo(FirstStep.ZERO_INPUT);
    }
    String wrong = text.replace("\"nodes\"", "\"first_step\": \"one\", \"nodes\"");
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> NetworkStructure.parse(wrong).build(Map.of()))
        .withMessageContaining("'first_step' must be one of [zero, zero_input], found \"one\"");
  }

  /** A text of 200 bytes that would have the reader fill 16 GB. */
  @Test
  void sizesOfATextClaimNoMemory() {
    NetworkStructure structure =
        parse(
            INPUT,
            "{'path': 'n', 'op': 'batch_norm', 'channels': 2147483647, 'affine': false}",
            OUTPUT);
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> structure.build(Map.of()))
        .withMessageContaining("n.gamma");
  }

  /** 0x1.8p1 is 3, as C and Java write it. */
  @ParameterizedTest
  @ValueSource(strings = {"3", "'3.0'", "'0x1.8p1'"})
  void parametersAreNumbersPlainOrInStrings(String text) {
    Network network =
        parse(
                INPUT,
                "{'path': 'n', 'op': 'neuron', 'model': 'lif', 'parameters': {'tau': %s}}"
                    .formatted(text),
                OUTPUT)
            .build(Map.of());
    NeuronOperation neurons = (NeuronOperation) network.node("n").operation();
    assertThat(neurons.parameter("tau").values()).containsExactly(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'three'", "'NaN'", "'Infinity'", "1e999", "true"})
  void parametersThatAreNoFiniteNumbersAreRefused(String text) {
    String node =
        "{'path': 'n', 'op': 'neuron', 'model': 'lif', 'parameters': {'tau': %s}}".formatted(text);
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> parse(INPUT, node, OUTPUT).build(Map.of()))
        .withMessageContaining("Node 'n'")
        .withMessageContaining("tau");
  }

  @Test
  void tensorsWithoutUseOrDoubledAreRefused() {
    NetworkStructure structure =
        parse(INPUT, "{'path': 'n', 'op': 'neuron', 'model': 'lif'}", OUTPUT);
    Tensor one = Tensor.of(Shape.SCALAR, new double[] {3});
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> structure.build(Map.of("n.tau", one)))
        .withMessageContaining("n.tau");
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> structure.build(Map.of("n.rho", one)))
        .withMessageContaining("a use for tensor 'n.rho'");
  }
}
