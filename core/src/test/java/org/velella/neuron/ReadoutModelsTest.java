package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.testkit.NeuronRun;

class ReadoutModelsTest {
  private static final float[] SPIKES = {1, 0, 1, 1, 0, 0};
  private static final float[] FILTERED = {1, 0.75f, 1.75f, 2.75f, 2.0625f, 1.546875f};

  /** What SpikingJelly's SynapseFilter gives for a time constant of 4 steps. */
  @Test
  void synapseFilterGivesTheCurrentsOfTheSeed() {
    assertThat(NeuronRun.outputs(ReadoutModels.synapseFilter(), Map.of("tau", 4.0), SPIKES))
        .containsExactly(FILTERED);
  }

  /** sigmoid(-ln 3) = 1 / 4. */
  @Test
  void trainedSynapseFilterTakesTheSigmoidOfItsWeight() {
    float[] out =
        NeuronRun.outputs(
            ReadoutModels.trainedSynapseFilter(), Map.of("w", -StrictMath.log(3)), SPIKES);
    for (int t = 0; t < out.length; t++) {
      assertThat(out[t]).isCloseTo(FILTERED[t], within(1e-6f));
    }
    double start = ReadoutModels.trainedSynapseFilter().defaults()[0];
    assertThat(1 + Math.exp(-start))
        .as("the seed's default time constant")
        .isCloseTo(100, within(1e-9));
  }

  /** Regular spikes: the closed form between spikes, and the steady state of the published map. */
  @Test
  void regularSpikesReachTheSteadyState() {
    double use = 0.2;
    double tauD = 130;
    double tauF = 530;
    int period = 25;
    double keepU = Math.exp(-period / tauF);
    double keepR = Math.exp(-period / tauD);
    float[] x = new float[200 * period + 1];
    for (int t = 0; t < x.length; t += period) {
      x[t] = 1;
    }
    Map<String, Double> parameters = Map.of("U", use, "tau_d", tauD, "tau_f", tauF);
    float[] y = NeuronRun.outputs(ReadoutModels.tsodyksMarkram(), parameters, x);
    double u = 0;
    double r = 1;
    for (int t = 0; t < x.length; t += period) {
      u = u + use * (1 - u);
      assertThat(y[t]).isCloseTo((float) (u * r), within(2e-5f));
      r = 1 - (1 - (r - u * r)) * keepR;
      u *= keepU;
    }
    double fixedU = use / (1 - (1 - use) * keepU);
    double fixedR = (1 - keepR) / (1 - (1 - fixedU) * keepR);
    assertThat(y[x.length - 1]).isCloseTo((float) (fixedU * fixedR), within(2e-5f));
    assertThat(y[1]).isZero();
  }

  /** Without facilitation every spike uses U of what is there; twice the input sends twice that. */
  @Test
  void withoutFacilitationEverySpikeUsesTheSamePart() {
    Map<String, Double> parameters = Map.of("U", 0.5, "tau_d", 10.0, "tau_f", 0.0);
    float[] y =
        NeuronRun.outputs(ReadoutModels.tsodyksMarkram(), parameters, new float[] {1, 2, 0, 0, 0});
    assertThat(y[0]).isEqualTo(0.5f);
    assertThat(y[1]).isCloseTo((float) (1 - 0.5 * Math.exp(-0.1)), within(1e-6f));
    assertThat(y[2]).isZero();
  }

  /** Depression by 4th-order Runge and Kutta in a thousandth of a step, between two spikes. */
  @Test
  void recoveryIsThatOfItsDifferentialEquation() {
    Map<String, Double> parameters = Map.of("U", 0.6, "tau_d", 12.0, "tau_f", 7.0);
    float[] x = new float[10];
    x[0] = 1;
    x[9] = 1;
    float[] y = NeuronRun.outputs(ReadoutModels.tsodyksMarkram(), parameters, x);
    double u = 0.6;
    double r = 0.4;
    double h = 1e-3;
    for (int k = 0; k < 9000; k++) {
      u += rungeKutta(-u, h / 7);
      r += rungeKutta(1 - r, h / 12);
    }
    u += 0.6 * (1 - u);
    assertThat(y[9]).isCloseTo((float) (u * r), within(1e-6f));
  }

  /** The step of z' = z0 - z, where z0 - z is now {@code rest}. */
  private static double rungeKutta(double rest, double h) {
    double k1 = rest;
    double k2 = rest - h / 2 * k1;
    double k3 = rest - h / 2 * k2;
    double k4 = rest - h * k3;
    return h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }

  @Test
  void potentialsAreDecodedSoFar() {
    float[] x = {-1, -1, 3.5f, 0.5f, -6};
    // Potentials: -1 -2 1.5 2 -4
    assertThat(decoded(Decoding.EACH_STEP, x)).containsExactly(-1, -2, 1.5f, 2, -4);
    assertThat(decoded(Decoding.MAXIMUM, x)).containsExactly(-1, -1, 1.5f, 2, 2);
    assertThat(decoded(Decoding.LARGEST, x)).containsExactly(-1, -2, -2, -2, -4);
    assertThat(decoded(Decoding.MEAN, x)).containsExactly(-1, -1.5f, -0.5f, 0.125f, -0.7f);
    assertThat(decoded(Decoding.LARGEST, 2, -1, 0)).containsExactly(2, 2, 2);
  }

  private static float[] decoded(Decoding decoding, float... x) {
    return NeuronRun.outputs(ReadoutModels.nonSpikingIf(decoding), Map.of(), x);
  }

  @Test
  void leakyReadoutDecaysTowardsItsInput() {
    assertThat(
            NeuronRun.outputs(
                ReadoutModels.nonSpikingLif(Decoding.EACH_STEP),
                Map.of("tau", 4.0),
                new float[] {4, 4, 0}))
        .containsExactly(1, 1.75f, 1.3125f);
  }

  @Test
  void receptiveFieldIsABell() {
    float[] a =
        NeuronRun.outputs(
            ReadoutModels.receptiveField(),
            Map.of("mean", 1.0, "std", 0.5),
            new float[] {1, 1.5f, 0.5f, 3});
    assertThat(a[0]).isEqualTo(1);
    assertThat(a[1]).isCloseTo((float) Math.exp(-0.5), within(1e-7f));
    assertThat(a[2]).isEqualTo(a[1]);
    assertThat(a[3]).isCloseTo((float) Math.exp(-8), within(1e-9f));
  }
}
