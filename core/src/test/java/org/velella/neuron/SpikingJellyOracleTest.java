package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.velella.module.StepMode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Agreement;
import org.velella.testkit.NeuronRun;
import org.velella.testkit.Oracle;
import org.velella.testkit.SpikeAssert;

/**
 * 24 configurations that SpikingJelly ran: every spike equal, every memory bit-equal, but for EIF,
 * whose exponential is another sequence of operations.
 */
class SpikingJellyOracleTest {
  private static final String FOLDER = "spikingjelly/";

  /** A configuration of the seed's run. */
  record Case(String name, String type, Map<String, Double> numbers, JsonNode json) {
    @Override
    public String toString() {
      return name;
    }

    boolean flag(String parameter, boolean otherwise) {
      return json.get("parameters").path(parameter).asBoolean(otherwise);
    }

    ResetKind reset() {
      return json.get("parameters").path("v_reset").isNull() ? ResetKind.SOFT : ResetKind.HARD;
    }

    InputDecay decay() {
      return flag("decay_input", true) ? InputDecay.ON : InputDecay.OFF;
    }

    /** A recording {@code [T, N]} as {@code [T, N]}, one neuron per sample. */
    Tensor recording(String field) throws IOException {
      return Npy.read(Oracle.path(FOLDER + json.get(field).asText()));
    }

    List<String> memories() {
      List<String> names = new ArrayList<>();
      json.get("memories").forEach(memory -> names.add(memory.get(0).asText()));
      return names;
    }

    Tensor memory(int index) throws IOException {
      return Npy.read(Oracle.path(FOLDER + json.get("memories").get(index).get(1).asText()));
    }

    Agreement agreement() {
      return type.equals("EIFNode") ? Agreement.within(5e-7) : Agreement.BITS_BUT_ONE_ZERO;
    }
  }

  static List<Case> cases() throws IOException {
    byte[] text = Files.readAllBytes(Oracle.path(FOLDER + "neurons.json"));
    List<Case> cases = new ArrayList<>();
    for (JsonNode json : new ObjectMapper().readTree(text).get("cases")) {
      Map<String, Double> numbers = new java.util.TreeMap<>();
      JsonNode parameters = json.get("parameters");
      for (Map.Entry<String, JsonNode> parameter : parameters.properties()) {
        if (parameter.getValue().isNumber()) {
          numbers.put(parameter.getKey(), parameter.getValue().asDouble());
        }
      }
      cases.add(new Case(json.get("name").asText(), json.get("class").asText(), numbers, json));
    }
    return cases;
  }

  private static <B extends NeuronNode.Builder<B>> B set(B builder, Case run) {
    run.numbers.forEach((name, value) -> builder.parameter(name, ParameterValue.of(value)));
    return builder;
  }

  private static <B extends NeuronNode.ResettingBuilder<B>> B resetting(B builder, Case run) {
    set(builder, run);
    return run.reset() == ResetKind.SOFT ? builder.softReset() : builder;
  }

  private static NeuronNode node(Case run) {
    return switch (run.type) {
      case "IFNode" -> resetting(IfNode.builder(), run).build();
      case "LIFNode" -> resetting(LifNode.builder(), run).decayInput(run.decay()).build();
      case "ParametricLIFNode" -> {
        double initTau = run.numbers.remove("init_tau");
        yield resetting(ParametricLifNode.builder(), run)
            .initTau(initTau)
            .decayInput(run.decay())
            .build();
      }
      case "QIFNode" -> resetting(QifNode.builder(), run).build();
      case "EIFNode" -> resetting(EifNode.builder(), run).build();
      case "IzhikevichNode" -> resetting(IzhikevichNode.builder(), run).build();
      case "KLIFNode" ->
          resetting(KlifNode.builder(), run)
              .decayInput(run.decay())
              .scaleReset(run.flag("scale_reset", false) ? ScaleReset.ON : ScaleReset.OFF)
              .build();
      case "CUBALIFNode" -> resetting(CubaLifNode.builder(), run).build();
      case "ILIFNode" -> set(IlifNode.builder(), run).build();
      case "HalfThresholdIFNode" -> set(HalfThresholdIfNode.builder(), run).build();
      default -> throw new IllegalArgumentException(run.type);
    };
  }

  @Test
  void allCasesAreThere() throws IOException {
    assertThat(cases()).hasSize(24);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void definitionGivesTheSeedsSpikesAndMemories(Case run) throws IOException {
    NeuronNode node = node(run);
    Tensor x = run.recording("x");
    Shape shape = x.shape();
    int neurons = shape.dim(1);
    double[] values =
        node.model().parameters().stream()
            .mapToDouble(name -> node.parameter(name).values()[0])
            .toArray();
    Map<String, Double> parameters = new java.util.TreeMap<>();
    for (int p = 0; p < values.length; p++) {
      parameters.put(node.model().parameters().get(p), values[p]);
    }
    NeuronRun neuronRun = NeuronRun.of(node.model(), parameters, neurons);
    Tensor spikes = Tensor.of(shape, new float[x.size()]);
    List<Tensor> memories = new ArrayList<>();
    run.memories().forEach(name -> memories.add(Tensor.of(shape, new float[x.size()])));
    for (int t = 0; t < shape.dim(0); t++) {
      float[] out = neuronRun.step(x.rows(t, t + 1).floats());
      System.arraycopy(out, 0, spikes.floats(), t * neurons, neurons);
      for (int m = 0; m < memories.size(); m++) {
        float[] after = neuronRun.memories().get(run.memories().get(m));
        System.arraycopy(after, 0, memories.get(m).floats(), t * neurons, neurons);
      }
    }
    SpikeAssert.assertSpikesEqual(run.name, run.recording("spikes"), spikes);
    for (int m = 0; m < memories.size(); m++) {
      SpikeAssert.assertRecordingsAgree(
          run.name + "." + run.memories().get(m), run.memory(m), memories.get(m), run.agreement());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void moduleGivesTheSeedsSpikesAndMemoriesStepByStep(Case run) throws IOException {
    NeuronNode node = node(run);
    INDArray x = NdArrays.toArray(run.recording("x"));
    Tensor spikes = run.recording("spikes");
    node.setStepMode(StepMode.SINGLE_STEP);
    assertThat(node.namedMemories()).extracting(memory -> memory.name()).isEqualTo(run.memories());
    for (int t = 0; t < spikes.shape().dim(0); t++) {
      INDArray out = node.forward(x.get(NDArrayIndex.point(t), NDArrayIndex.all()));
      requireRow(run.name, t, spikes, NdArrays.toTensor(out), Agreement.BITS);
      for (int m = 0; m < run.memories().size(); m++) {
        Tensor memory = node.memories().get(m).tensor();
        requireRow(run.memories().get(m), t, run.memory(m), memory, run.agreement());
      }
    }
  }

  private static void requireRow(
      String name, int t, Tensor expected, Tensor actual, Agreement agreement) {
    Tensor row = expected.rows(t, t + 1);
    SpikeAssert.assertRecordingsAgree(
        name + " at step " + t, row, actual.reshape(row.shape()), agreement);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void moduleGivesTheSeedsSpikesAndMemoriesInOneSequence(Case run) throws IOException {
    NeuronNode node = node(run);
    node.setStepMode(StepMode.MULTI_STEP);
    Tensor spikes = run.recording("spikes");
    INDArray out = node.forward(NdArrays.toArray(run.recording("x")));
    SpikeAssert.assertSpikesEqual(run.name, spikes, NdArrays.toTensor(out));
    int last = spikes.shape().dim(0) - 1;
    for (int m = 0; m < run.memories().size(); m++) {
      Tensor memory = node.memories().get(m).tensor();
      requireRow(run.memories().get(m), last, run.memory(m), memory, run.agreement());
    }
  }
}
