package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.module.Operation;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.OutputOperation;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.SeededExtension;

@Tag("files")
class NirCounterpartsTest {
  private static final Shape FEATURES = Shape.of(2, 3);
  private static final int STEPS = 200;

  private static Network around(NeuronModel model, Map<String, ParameterValue> parameters) {
    return around(FEATURES, model, parameters);
  }

  private static Network around(
      Shape features, NeuronModel model, Map<String, ParameterValue> parameters) {
    return Network.builder()
        .node("input", new InputOperation(features))
        .node("node", new NeuronOperation(model, parameters))
        .node("output", new OutputOperation())
        .edge("input", "node")
        .edge("node", "output")
        .build();
  }

  private static Network again(Network network, NirConvention convention, double dt) {
    byte[] bytes = NirWriter.toBytes(network, convention, dt, NirWriter.Compression.GZIP);
    return NirReader.readWithNotes(bytes, "again", convention, dt).network();
  }

  private static float[][] inputs(SplittableRandom random) {
    float[][] steps = new float[STEPS][FEATURES.size()];
    for (float[] step : steps) {
      for (int i = 0; i < step.length; i++) {
        step[i] = (float) random.nextDouble() - 0.2f;
      }
    }
    return steps;
  }

  /** Numbers of float64, one for each neuron or one for each of two channels. */
  private static ParameterValue some(SplittableRandom random, double least, double most) {
    Shape shape = random.nextInt(2) == 0 ? FEATURES : Shape.of(2, 1);
    double[] values = new double[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = least + (most - least) * random.nextDouble();
    }
    return ParameterValue.of(shape, values);
  }

  private static Map<String, ParameterValue> parameters(
      NeuronModel model, SplittableRandom random) {
    Map<String, ParameterValue> parameters = new HashMap<>();
    for (String name : model.parameters()) {
      parameters.put(
          name,
          switch (name) {
            case "v_threshold" ->
                model.parameters().contains("c_decay")
                    ? some(random, 3.5, 6)
                    : model.name().equals("if_soft")
                        ? some(random, 0.5, 0.8)
                        : some(random, 0.2, 0.35);
            case "v_reset" ->
                model.name().equals("cuba_lif") ? ParameterValue.of(0) : some(random, -0.3, 0.1);
            case "tau" -> some(random, 1.1, 4);
            case "w" -> some(random, -2, 2);
            case "c_decay", "v_decay" -> some(random, 0.8, 0.9);
            default -> throw new IllegalArgumentException(name);
          });
    }
    return parameters;
  }

  /** Bit for bit, neuron by neuron, though the file has seconds where the model has steps. */
  @ExtendWith(SeededExtension.class)
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          if                           | IF      | spikingjelly
          if_soft                      | IF      | spikingjelly,reset=subtract
          lif                          | LIF     | spikingjelly
          lif_soft                     | LIF     | spikingjelly,reset=subtract
          lif_undecayed                | LIF     | spikingjelly,input=charge
          lif_undecayed_soft           | LIF     | spikingjelly,reset=subtract,input=charge
          parametric_lif               | LIF     | spikingjelly,form=difference
          parametric_lif_soft          | LIF     | spikingjelly,reset=subtract,form=difference
          parametric_lif_undecayed     | LIF     | spikingjelly,form=difference,input=charge
          parametric_lif_undecayed_soft| LIF     | spikingjelly,reset=subtract,form=difference,input=charge
          cuba_lif                     | CubaLIF | spikingjelly,form=decay
          cuba_lif_soft                | CubaLIF | spikingjelly,reset=subtract,form=decay
          non_spiking_if               | I       | spikingjelly
          non_spiking_lif              | LI      | spikingjelly
          """)
  void whatIsReadAgainComputesTheSameBits(
      String name, String type, String under, SplittableRandom random) {
    NeuronModel model = BuiltInModels.named(name);
    Network network = around(model, parameters(model, random));
    NirConvention convention = NirConvention.named(under);
    double dt = 1e-4 * (1 + random.nextInt(1000));
    Network again = again(network, convention, dt);
    float[][] inputs = inputs(random);
    float[][] outputs = NirRun.outputs(network, inputs);

    assertThat(NirRun.outputs(again, inputs)).isDeepEqualTo(outputs);
    assertThat(NirRun.memory(again, "node.v", inputs))
        .isEqualTo(NirRun.memory(network, "node.v", inputs));
    if (!name.startsWith("non_spiking")) {
      float sum = 0;
      for (float[] step : outputs) {
        for (float spike : step) {
          sum += spike;
        }
      }
      assertThat(sum).isBetween(5f, FEATURES.size() * STEPS - 5f);
    }
    if (!name.contains("undecayed")) {
      // Input as a charge is not what others read in NIR's equations, so it is never chosen.
      assertThat(NirWriter.conventionOf(network)).contains(convention);
    }
    assertThat(NetworkDigest.of(again(again, convention, dt))).isEqualTo(NetworkDigest.of(again));
    assertThat(NirWriter.notes(network, convention))
        .containsExactly(
            "node node (%s) is written as %s, which computes the same numbers; read again it has the equations of NIR"
                .formatted(name, type));
    assertThat(NirWriter.notes(again, convention)).isEmpty();
  }

  /** All under one convention: each step is NIR's, one or the other rounded in another order. */
  @ExtendWith(SeededExtension.class)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "lif_undecayed",
        "lif_undecayed_soft",
        "parametric_lif",
        "parametric_lif_undecayed",
        "parametric_lif_undecayed_soft",
        "cuba_lif",
        "cuba_lif_soft"
      })
  void amongOthersNumbersAreTheSameUpToRounding(String name, SplittableRandom random) {
    NeuronModel model = BuiltInModels.named(name);
    Map<String, ParameterValue> parameters = new HashMap<>(parameters(model, random));
    parameters.put("v_threshold", ParameterValue.of(1e6));
    Network network = around(model, parameters);
    NirConvention convention =
        NirConvention.named("spikingjelly" + (name.endsWith("_soft") ? ",reset=subtract" : ""));
    Network again = again(network, convention, 1e-3);
    float[][] inputs = inputs(random);
    float[] potentials = NirRun.memory(network, "node.v", inputs);
    float[] found = NirRun.memory(again, "node.v", inputs);

    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(potentials[i], within(1e-4f * (1 + Math.abs(potentials[i]))));
    }
    assertThat(NirWriter.notes(network, convention).get(0)).contains("rounded in another order");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1e-3, Double.NaN, Double.POSITIVE_INFINITY})
  void timeStepsThatAreNoneAreRefusedFirst(double dt) {
    Network network = around(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of());
    NirConvention convention = NirConvention.named("spikingjelly");

    assertThatThrownBy(() -> NirWriter.written(network, convention, dt))
        .isInstanceOf(NirException.class)
        .hasMessageContaining("time step must be a positive number of seconds, found " + dt);
  }

  @Test
  void mixedNeuronsGetTheConventionThatHasThemAll() {
    Network network =
        Network.builder()
            .node("input", new InputOperation(FEATURES))
            .node(
                "first",
                new NeuronOperation(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of()))
            .node("second", new NeuronOperation(NeuronModels.cubaLif(ResetKind.HARD), Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "first")
            .edge("first", "second")
            .edge("second", "output")
            .build();

    assertThat(NirWriter.conventionOf(network)).contains(NirConvention.named("spikingjelly"));
    assertThat(NirWriter.notes(network, NirConvention.named("spikingjelly")))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("node second (cuba_lif) is written as CubaLIF")
        .contains("rounded in another order");
  }

  @Test
  void firstStepOfCyclesIsPartOfWhatIsFound() {
    Network network =
        Network.builder()
            .firstStep(FirstStep.ZERO_INPUT)
            .node("input", new InputOperation(FEATURES))
            .node(
                "pop",
                new NeuronOperation(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "pop")
            .edge("pop", "pop")
            .edge("pop", "output")
            .build();

    assertThat(NirWriter.conventionOf(network))
        .contains(NirConvention.named("spikingjelly,first-step=zero-input"));
  }

  /** A network of its own form does not say under which convention it was imported. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "norse,reset=subtract",
        "snntorch,first-step=zero",
        "sinabs,input=charge",
        "spyx,input=charge",
        "rockpool,first-step=zero-input"
      })
  void conventionsOfOneChangeAreFound(String under) {
    NirConvention convention = NirConvention.named(under);
    Network network =
        around(NirEquations.model("LIF", convention), Map.of("dt", ParameterValue.of(1e-3)));
    Network begun =
        Network.builder()
            .firstStep(convention.firstStep())
            .node("input", new InputOperation(FEATURES))
            .node("node", network.node("node").operation())
            .node("output", new OutputOperation())
            .edge("input", "node")
            .edge("node", "output")
            .build();
    NirConvention found = NirWriter.conventionOf(begun).orElseThrow();

    assertThat(NirEquations.model("LIF", found).text())
        .isEqualTo(NirEquations.model("LIF", convention).text());
    assertThat(found.firstStep()).isEqualTo(convention.firstStep());
    assertThat(NetworkDigest.of(again(begun, found, 1e-3))).isEqualTo(NetworkDigest.of(begun));
  }

  @Test
  void neuronsThatNoOneConventionHasAreNamedTogether() {
    Network network =
        Network.builder()
            .node("input", new InputOperation(FEATURES))
            .node(
                "n1",
                new NeuronOperation(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of()))
            .node(
                "n2",
                new NeuronOperation(
                    NeuronModels.parametricLif(InputDecay.ON, ResetKind.SOFT), Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "n1")
            .edge("n1", "n2")
            .edge("n2", "output")
            .build();

    assertThat(NirWriter.conventionOf(network)).isEmpty();
    assertThatThrownBy(() -> again(network, NirConvention.NORSE, 1e-3))
        .isInstanceOf(NirException.class)
        .hasMessageContaining(
            "none has the equations of all neurons: n1 (lif): spikingjelly; n2 (parametric_lif_soft): spikingjelly,reset=subtract");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cuba_lif       | c_decay | 1     | no time constant of NIR keeps c_decay = 1.0 in each step
          cuba_lif       | v_decay | 1.5   | no time constant of NIR keeps v_decay = 1.5
          cuba_lif       | v_decay | 1e-12 | no time constant of NIR keeps v_decay = 1.0E-12
          cuba_lif       | v_reset | -0.1  | it starts at v_reset = -0.1 and decays to 0
          parametric_lif | w       | -200  | its 'tau' would be Infinity in NIR
          """)
  void whatNoParameterOfNirGivesIsRefused(String name, String parameter, double value, String why) {
    NeuronModel model = BuiltInModels.named(name);
    Network network = around(model, Map.of(parameter, ParameterValue.of(value)));
    NirConvention convention = NirConvention.named("spikingjelly,form=decay");

    assertThatThrownBy(
            () -> again(network, NirWriter.conventionOf(network).orElse(convention), 1e-3))
        .isInstanceOf(NirException.class)
        .hasMessageContaining("node node (" + name + "): " + why);
  }

  /** h = v - v / 4 + x is (4 - 1) / 4 v + x; each number here is exact in float32. */
  @Test
  void inputThatDoesNotDecayIsMultipliedByTheTimeConstant() {
    Network network =
        around(
            Shape.of(5),
            NeuronModels.lif(InputDecay.OFF, ResetKind.SOFT),
            Map.of("tau", ParameterValue.of(4), "v_threshold", ParameterValue.of(2)));
    NirConvention convention = NirWriter.conventionOf(network).orElseThrow();
    Network again = again(network, convention, 0.5);
    NeuronOperation written = (NeuronOperation) again.node("node").operation();

    assertThat(written.parameter("r").values()).containsOnly(4);
    assertThat(written.parameter("tau").values()).containsOnly(2);
    // v: 1, 1.75, 2.3125 - 2, 1.234375; 0 for the last two.
    float[][] inputs = {{1, 0, 2, 0, 0}, {1, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {1, 0, 0, 0, 0}};
    assertThat(NirRun.outputs(again, inputs))
        .isDeepEqualTo(
            new float[][] {{0, 0, 1, 0, 0}, {0, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {0, 0, 0, 0, 0}});
    assertThat(NirWriter.notes(network, convention).get(0)).contains("rounded in another order");
  }

  @Test
  void conventionsAreNamedUnderWhichThereIsOne() {
    Network hard = around(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of());
    Network soft = around(NeuronModels.integrateAndFire(ResetKind.SOFT), Map.of());

    assertThat(NirWriter.conventionOf(hard)).contains(NirConvention.named("spikingjelly"));
    assertThat(NirWriter.conventionOf(soft))
        .isEqualTo(Optional.of(NirConvention.named("spikingjelly,reset=subtract")));
    assertThatThrownBy(() -> again(soft, NirConvention.NORSE, 1))
        .isInstanceOf(NirException.class)
        .hasMessageContaining(
            "its equations are not NIR's under this convention; those of the whole network are under spikingjelly,reset=subtract");
  }

  private static Network projecting(Operation projection, int sources) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(sources)))
        .node("projection", projection)
        .node("output", new OutputOperation())
        .edge("input", "projection")
        .edge("projection", "output")
        .build();
  }

  private static Connectivity random(SplittableRandom random, int sources, int targets) {
    int[] offsets = new int[sources + 1];
    int[] columns =
        IntStream.range(0, sources)
            .flatMap(
                k -> {
                  int[] row =
                      IntStream.range(0, targets).filter(o -> random.nextInt(3) == 0).toArray();
                  offsets[k + 1] = offsets[k] + row.length;
                  return IntStream.of(row);
                })
            .toArray();
    return new Connectivity(targets, offsets, columns);
  }

  @Test
  @ExtendWith(SeededExtension.class)
  void sparseProjectionsAreWrittenAsTheirMatrices(SplittableRandom random) {
    Connectivity connectivity = random(random, 9, 7);
    float[] weights = new float[connectivity.synapses()];
    for (int e = 0; e < weights.length; e++) {
      weights[e] = (float) random.nextDouble() - 0.5f;
    }
    Network network =
        projecting(
            new SparseOperation(
                Shape.of(9),
                Shape.of(7),
                connectivity,
                Tensor.of(Shape.of(weights.length), weights)),
            9);
    float[][] inputs = new float[20][9];
    for (float[] step : inputs) {
      for (int k = 0; k < step.length; k++) {
        step[k] = (float) random.nextDouble();
      }
    }
    Network again = again(network, NirConvention.NORSE, 1e-3);

    assertThat(again.node("projection").operation().kind()).isEqualTo("Linear");
    assertThat(NirRun.outputs(again, inputs)).isDeepEqualTo(NirRun.outputs(network, inputs));
    assertThat(NirWriter.notes(network, NirConvention.NORSE))
        .singleElement()
        .asString()
        .startsWith("node projection (SparseProjection) is written as Linear")
        .doesNotContain("rounded");
  }

  /** Sources 0 and 2 reach target 0, source 1 target 1; 0.25 is exact however often it is added. */
  @Test
  void equalWeightsAreWrittenAsAMatrixWithANote() {
    Connectivity connectivity = new Connectivity(2, new int[] {0, 1, 2, 3}, new int[] {0, 1, 0});
    Network network =
        projecting(new EqualWeightOperation(Shape.of(3), Shape.of(2), connectivity, 0.25f), 3);
    Network again = again(network, NirConvention.NORSE, 1e-3);

    assertThat(NirRun.outputs(again, new float[][] {{1, 3, 2}, {0, 0, 1}}))
        .isDeepEqualTo(new float[][] {{0.75f, 0.75f}, {0.25f, 0}});
    assertThat(NirWriter.notes(network, NirConvention.NORSE))
        .singleElement()
        .asString()
        .contains("rounded at each spike");
  }

  @Test
  void projectionsOfSeveralAxesAreRefusedByName() {
    Connectivity connectivity =
        new Connectivity(2, new int[] {0, 1, 2, 3, 4}, new int[] {0, 1, 0, 1});
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(2, 2)))
            .node(
                "projection",
                new EqualWeightOperation(Shape.of(2, 2), Shape.of(2), connectivity, 1))
            .node("output", new OutputOperation())
            .edge("input", "projection")
            .edge("projection", "output")
            .build();

    assertThatThrownBy(() -> again(network, NirConvention.NORSE, 1e-3))
        .isInstanceOf(NirException.class)
        .hasMessageContaining("node projection (EqualWeightProjection)")
        .hasMessageContaining("flatten them");
  }
}
