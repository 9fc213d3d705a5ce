package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.OutputOperation;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;
import org.velella.testkit.SeededExtension;

class NirCounterpartsTest {
  private static final int NEURONS = 5;
  private static final int STEPS = 200;

  private static Network around(NeuronModel model, Map<String, ParameterValue> parameters) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(NEURONS)))
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
    float[][] steps = new float[STEPS][NEURONS];
    for (float[] step : steps) {
      for (int i = 0; i < NEURONS; i++) {
        step[i] = (float) random.nextDouble() - 0.2f;
      }
    }
    return steps;
  }

  private static ParameterValue each(SplittableRandom random, double least, double most) {
    double[] values = new double[NEURONS];
    for (int i = 0; i < NEURONS; i++) {
      values[i] = (float) (least + (most - least) * random.nextDouble());
    }
    return ParameterValue.of(Shape.of(NEURONS), values);
  }

  private static NeuronModel model(String name, ResetKind reset) {
    return name.equals("if")
        ? NeuronModels.integrateAndFire(reset)
        : NeuronModels.lif(InputDecay.ON, reset);
  }

  /** Bit for bit, neuron by neuron, though the file has seconds where the model has steps. */
  @ExtendWith(SeededExtension.class)
  @ParameterizedTest
  @CsvSource({"if, HARD", "if, SOFT", "lif, HARD", "lif, SOFT"})
  void whatIsReadAgainComputesTheSameBits(String name, ResetKind reset, SplittableRandom random) {
    Map<String, ParameterValue> parameters = new HashMap<>();
    parameters.put("v_threshold", each(random, 0.2, 0.5));
    if (reset == ResetKind.HARD) {
      parameters.put("v_reset", each(random, -0.3, 0.2));
    }
    if (name.equals("lif")) {
      parameters.put("tau", each(random, 1.1, 4));
    }
    Network network = around(model(name, reset), parameters);
    NirConvention convention = NirWriter.presetOf(network).orElseThrow();
    double dt = 1e-4 * (1 + random.nextInt(1000));
    Network again = again(network, convention, dt);
    float[][] inputs = inputs(random);
    float[][] spikes = NirRun.outputs(network, inputs);

    assertThat(NirRun.outputs(again, inputs)).isDeepEqualTo(spikes);
    float sum = 0;
    for (float[] step : spikes) {
      for (float spike : step) {
        sum += spike;
      }
    }
    assertThat(sum).isBetween(20f, NEURONS * STEPS - 20f);
    assertThat(NetworkDigest.of(again(again, convention, dt))).isEqualTo(NetworkDigest.of(again));
    assertThat(NirWriter.notes(network, convention))
        .hasSize(1)
        .allMatch(note -> note.startsWith("node node (" + network.node("node").operation().kind()));
    assertThat(NirWriter.notes(again, convention)).isEmpty();
  }

  /** h = v - v / 4 + x is (4 - 1) / 4 v + x; each number here is exact in float32. */
  @Test
  void inputThatDoesNotDecayIsMultipliedByTheTimeConstant() {
    Network network =
        around(
            NeuronModels.lif(InputDecay.OFF, ResetKind.SOFT),
            Map.of("tau", ParameterValue.of(4), "v_threshold", ParameterValue.of(2)));
    NirConvention convention = NirWriter.presetOf(network).orElseThrow();
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

    assertThat(NirWriter.presetOf(hard)).contains(NirConvention.named("spikingjelly"));
    assertThat(NirWriter.presetOf(soft))
        .isEqualTo(Optional.of(NirConvention.named("spikingjelly,reset=subtract")));
    assertThatThrownBy(() -> again(soft, NirConvention.NORSE, 1))
        .isInstanceOf(NirException.class)
        .hasMessageContaining(
            "its equations are NIR's under spikingjelly,reset=subtract, not this convention");
  }
}
