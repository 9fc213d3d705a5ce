package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.module.MemorySpec;
import org.velella.tensor.Shape;

/** Parameters of a population are checked by name, value and index before anything runs. */
class NeuronOperationTest {
  private static final NeuronModel LIF = NeuronModels.lif(InputDecay.ON, ResetKind.HARD);

  private static ParameterValue values(int size, int index, double value) {
    double[] values = new double[size];
    java.util.Arrays.fill(values, 2);
    values[index] = value;
    return ParameterValue.of(Shape.of(size), values);
  }

  @Test
  void parametersLeftOutHaveTheirDefaultsInDeclarationOrder() {
    NeuronOperation neurons =
        new NeuronOperation(LIF, Map.of("v_threshold", ParameterValue.of(0.5)));
    assertThat(neurons.parameters().keySet()).containsExactly("tau", "v_threshold", "v_reset");
    assertThat(neurons.parameter("tau").values()).containsExactly(2);
    assertThat(neurons.parameter("v_threshold").values()).containsExactly(0.5);
    assertThat(neurons.kind()).isEqualTo("lif");
    assertThat(neurons.spikes()).isTrue();
  }

  @Test
  void unknownParametersAreRefused() {
    assertThatThrownBy(() -> new NeuronOperation(LIF, Map.of("tua", ParameterValue.of(2))))
        .hasMessage(
            "Neuron model 'lif' has no parameter 'tua'; it has [tau, v_threshold, v_reset]");
  }

  @Test
  void valuesThatAreNotFiniteAreRefusedByIndex() {
    assertThatThrownBy(() -> new NeuronOperation(LIF, Map.of("v_reset", values(4, 2, Double.NaN))))
        .hasMessage(
            "Parameter 'v_reset' of neuron model 'lif' must be finite, found NaN at index 2");
  }

  @Test
  void brokenConditionsNameParameterValueAndIndex() {
    assertThatThrownBy(() -> new NeuronOperation(LIF, Map.of("tau", ParameterValue.of(1))))
        .hasMessage("Parameter 'tau' of neuron model 'lif' must satisfy tau > 1, found tau = 1.0");
    assertThatThrownBy(() -> new NeuronOperation(LIF, Map.of("tau", values(5, 3, 0.5))))
        .hasMessage(
            "Parameter 'tau' of neuron model 'lif' must satisfy tau > 1, found tau = 0.5 at index 3");
  }

  @Test
  void conditionsOnTwoParametersAreCheckedTogether() {
    NeuronModel qif = NeuronModels.qif(ResetKind.HARD);
    Map<String, ParameterValue> parameters =
        Map.of(
            "v_rest",
            values(3, 1, 0.3),
            "v_reset",
            values(3, 1, 0.4),
            "v_c",
            values(3, 0, 9),
            "v_threshold",
            ParameterValue.of(3));
    assertThatThrownBy(() -> new NeuronOperation(qif, parameters))
        .hasMessage(
            "Parameters 'v_rest', 'v_reset' of neuron model 'qif' must satisfy v_rest >= v_reset,"
                + " found v_rest = 0.3, v_reset = 0.4 at index 1");
  }

  @Test
  void conditionsOnParametersOfSeveralShapesAreCheckedInTheShapeOfTheNeurons() {
    NeuronModel qif = NeuronModels.qif(ResetKind.HARD);
    ParameterValue perChannel = ParameterValue.of(Shape.of(2, 1), new double[] {0, 1});
    ParameterValue perColumn = ParameterValue.of(Shape.of(3), new double[] {0, 0.5, -1});
    NeuronOperation neurons =
        new NeuronOperation(
            qif,
            Map.of(
                "v_rest", perChannel, "v_reset", perColumn, "v_threshold", ParameterValue.of(2)));
    assertThatThrownBy(() -> neurons.outputShape(Shape.of(2, 3)))
        .hasMessageContaining("found v_rest = 0.0, v_reset = 0.5 at index 1");
  }

  @Test
  void initialMemoriesFollowTheParametersOfEachNeuron() {
    NeuronOperation neurons = new NeuronOperation(LIF, Map.of("v_reset", values(3, 1, -0.1)));
    List<MemorySpec> specs = neurons.memories(Shape.of(2, 3));
    assertThat(specs).hasSize(1);
    assertThat(specs.get(0).name()).isEqualTo("v");
    assertThat(specs.get(0).shape()).isEqualTo(Shape.of(2, 3));
    assertThat(specs.get(0).initial().floats()).containsExactly(2, -0.1f, 2, 2, -0.1f, 2);
  }

  @Test
  void memoriesKeepTheOrderOfTheModel() {
    NeuronOperation neurons = new NeuronOperation(NeuronModels.cubaLif(ResetKind.SOFT), Map.of());
    assertThat(neurons.memories(Shape.of(4)))
        .extracting(MemorySpec::name)
        .containsExactly("v", "c");
    assertThat(neurons.memories(Shape.of(4)).get(0).initial().floats()).containsOnly(0f).hasSize(4);
  }

  @Test
  void parametersThatDoNotFitTheNeuronsAreRefused() {
    NeuronOperation neurons = new NeuronOperation(LIF, Map.of("tau", values(5, 0, 3)));
    assertThat(neurons.outputShape(Shape.of(2, 5))).isEqualTo(Shape.of(2, 5));
    assertThatThrownBy(() -> neurons.outputShape(Shape.of(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[5]")
        .hasMessageContaining("[4]");
  }
}
