package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.velella.testkit.NeuronRun;

/**
 * Sequences that SpikingJelly (commit afb13226, eager PyTorch on a CPU, float32) produced for one
 * neuron: outputs and memories after each step, to nine digits, which determine a float32.
 */
class GoldenVectorsTest {
  private static final float[] INPUT = {0.25f, 0.625f, 0.875f, 1.25f, 0f, 2.5f, -0.375f, 0.8125f};

  private static final ResetKind HARD = ResetKind.HARD;
  private static final ResetKind SOFT = ResetKind.SOFT;
  private static final InputDecay ON = InputDecay.ON;
  private static final InputDecay OFF = InputDecay.OFF;

  private static Arguments golden(
      NeuronModel model, Map<String, Double> parameters, String outputs, String... memories) {
    return Arguments.of(model, parameters, outputs, memories);
  }

  static Stream<Arguments> integrators() {
    Map<String, Double> tau = Map.of("tau", 2.5);
    return Stream.of(
        golden(
            NeuronModels.integrateAndFire(HARD),
            Map.of(),
            "0 0 1 1 0 1 0 0",
            "v .25 .875 0 0 0 0 -.375 .4375"),
        golden(
            NeuronModels.integrateAndFire(SOFT),
            Map.of(),
            "0 0 1 1 1 1 1 0",
            "v .25 .875 .75 1 0 1.5 .125 .9375"),
        golden(
            NeuronModels.lif(ON, HARD),
            tau,
            "0 0 0 0 0 1 0 0",
            "v .100000001 .310000002 .536000013 .82160002 .492960006 0 -.150000006 .234999985"),
        golden(
            NeuronModels.lif(OFF, HARD),
            tau,
            "0 0 1 1 0 1 0 0",
            "v .25 .774999976 0 0 0 0 -.375 .587499976"),
        golden(
            NeuronModels.lif(OFF, SOFT),
            tau,
            "0 0 1 1 0 1 0 1",
            "v .25 .774999976 .339999914 .453999996 .272399992 1.66343999 .623063982 .186338425"),
        golden(
            NeuronModels.lif(ON, HARD),
            Map.of("tau", 2.5, "v_reset", -0.25),
            "0 0 0 0 0 1 0 0",
            "v -.150000006 .0599999875 .285999984 .57159996 .242959976 -.25 -.400000006"
                + " -.0150000155"),
        golden(
            NeuronModels.parametricLif(ON, HARD),
            Map.of("w", -StrictMath.log(1.5)),
            "0 0 0 0 0 1 0 0",
            "v .100000001 .310000002 .536000013 .82160002 .492960006 0 -.150000006 .234999985"));
  }

  static Stream<Arguments> nonlinear() {
    return Stream.of(
        golden(
            NeuronModels.qif(HARD),
            Map.of(),
            "0 0 0 1 0 1 0 0",
            "v .0700000003 .356949985 .715376616 -.100000001 -.0549999997 -.100000001 -.242500007"
                + " .290153146"),
        golden(
            NeuronModels.eif(HARD),
            Map.of(),
            "0 0 1 0 0 1 0 0",
            "v .278284818 .748393297 -.100000001 .778284788 .878401816 -.100000001 -.0342151746"
                + " .606249988"),
        golden(
            NeuronModels.izhikevich(HARD),
            Map.of("a", 0.1, "b", 0.2),
            "0 0 0 1 0 1 0 0",
            "v .0849999934 .326737463 .650277138 0 -.184970275 0 -.391093314 .113996983",
            "w .00925000012 .0259618741 .0504947975 .289940536 .140721753 .327186644 .149038658"
                + " .0852191746"),
        golden(
            NeuronModels.klif(ScaleReset.OFF, OFF, HARD),
            Map.of(),
            "0 0 1 1 0 1 0 0",
            "v .25 .75 0 0 0 0 0 .8125"),
        golden(
            NeuronModels.klif(ScaleReset.ON, OFF, SOFT),
            Map.of("k", 2.0),
            "0 1 1 1 1 1 1 1",
            "v .25 .25 .5 1 0 2 .125 .375"));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        golden(
            NeuronModels.cubaLif(SOFT),
            Map.of("v_threshold", 2.0),
            "0 0 0 1 0 1 1 1",
            "v .25 .9375 1.953125 1.33984375 1.94238281 2.42553711 .928527832 .063583374",
            "c .25 .75 1.25 1.875 .9375 2.96875 1.109375 1.3671875"),
        golden(
            NeuronModels.ilif(),
            Map.of(),
            "0 1 1 1 0 3 0 1",
            "v .25 -.3125 -.203125 .19921875 .0498046875 -.487548828 -.496887207 -.311721802"),
        golden(
            NeuronModels.halfThresholdIf(),
            Map.of(),
            "0 1 1 1 0 1 1 1",
            "v .75 .375 .25 .5 .5 2 .625 .4375"),
        golden(
            NeuronModels.liaf(Activation.RELU, ThresholdRelated.ON, ON, HARD),
            Map.of("tau", 2.5),
            "0 0 0 0 0 .295776 0 0",
            "v .100000001 .310000002 .536000013 .82160002 .492960006 0 -.150000006 .234999985"));
  }

  @ParameterizedTest
  @MethodSource({"integrators", "nonlinear", "others"})
  void givesTheBitsOfTheSeed(
      NeuronModel model, Map<String, Double> parameters, String outputs, String[] memories) {
    NeuronRun run = NeuronRun.of(model, parameters, 1);
    float[] sent = new float[INPUT.length];
    float[][] kept = new float[memories.length][INPUT.length];
    for (int t = 0; t < INPUT.length; t++) {
      sent[t] = run.step(new float[] {INPUT[t]})[0];
      for (int m = 0; m < memories.length; m++) {
        kept[m][t] = run.memories().get(memories[m].split(" ")[0])[0];
      }
    }
    assertThat(roundedTo(sent, outputs)).containsExactly(numbers(outputs, 0));
    for (int m = 0; m < memories.length; m++) {
      assertThat(kept[m]).as(memories[m]).containsExactly(numbers(memories[m], 1));
    }
  }

  private static float[] numbers(String text, int from) {
    String[] words = text.split(" ");
    float[] values = new float[words.length - from];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(words[from + i]);
    }
    return values;
  }

  /** An output given to fewer digits is compared to as many. */
  private static float[] roundedTo(float[] values, String outputs) {
    float[] rounded = values.clone();
    if (outputs.contains(".295776")) {
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = Math.round(values[i] * 1e6) / 1e6f;
      }
    }
    return rounded;
  }

  /** Sums of 0.02 in float32 fall short of 1 after 50 steps in exact arithmetic, not in float32. */
  @Test
  void constantInputFiresWhenTheFloat32SumSaysSo() {
    assertThat(spikeSteps(0.02f, 160)).containsExactly(50, 101, 152);
    assertThat(spikeSteps(0.05f, 100)).containsExactly(19, 39, 59, 79, 99);
  }

  private static int[] spikeSteps(float input, int steps) {
    float[] x = new float[steps];
    Arrays.fill(x, input);
    float[] out = NeuronRun.outputs(NeuronModels.integrateAndFire(HARD), Map.of(), x);
    return java.util.stream.IntStream.range(0, steps).filter(t -> out[t] == 1).toArray();
  }
}
