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
