package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.NeuronRun;
import org.velella.testkit.Seeded;

class ParallelModelsTest {
  private static final float[] INPUT = {0.25f, 0.625f, 0.875f, 1.25f, 0f, 2.5f, -0.375f, 0.8125f};

  /** What SpikingJelly's SlidingPSN gives step by step. */
  @Test
  void slidingPsnGivesTheSpikesOfTheSeed() {
    float[] out = NeuronRun.outputs(ParallelModels.slidingPsn(3), Map.of(), INPUT);
    assertThat(out).containsExactly(0, 0, 1, 1, 0, 1, 0, 1);
    SlidingPsn node = new SlidingPsn(new float[] {0.25f, 0.5f, 1}, -1);
    assertThat(node.model()).isEqualTo(new SlidingPsn(3).model());
    assertThat(node.parameter("w_0").values()).containsExactly(0.25);
  }

  @Test
  void slidingPsnOfOneInputHasNoMemory() {
    assertThat(ParallelModels.slidingPsn(1).memories()).isEmpty();
    assertThat(NeuronRun.outputs(ParallelModels.slidingPsn(1), Map.of(), INPUT))
        .containsExactly(0, 0, 0, 1, 0, 1, 0, 0);
    assertThat(ParallelModels.slidingPsn(ParallelModels.MOST).memories())
        .hasSize(ParallelModels.MOST - 1);
  }

  /** The whole window at once, with numbers whose sums float32 holds exactly. */
  @Seeded(times = 5)
  void slidingPsnSumsTheLastInputs(SplittableRandom random) {
    int k = random.nextInt(2, 9);
    Map<String, Double> parameters = new LinkedHashMap<>();
    double[] w = new double[k];
    for (int i = 0; i < k; i++) {
      w[i] = random.nextInt(-8, 9) / 8.0;
      parameters.put("w_" + i, w[i]);
    }
    parameters.put("bias", 1 / 16.0);
    float[] x = new float[40];
    for (int t = 0; t < x.length; t++) {
      x[t] = random.nextInt(-8, 9) / 4f;
    }
    float[] out = NeuronRun.outputs(ParallelModels.slidingPsn(k), parameters, x);
    for (int t = 0; t < x.length; t++) {
      double h = 1 / 16.0;
      for (int i = Math.max(0, k - 1 - t); i < k; i++) {
        h += w[i] * x[t - k + 1 + i];
      }
      assertThat(out[t]).as("step %d", t).isEqualTo(h >= 0 ? 1 : 0);
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** The equations of the page, literally, in double precision. */
  @Seeded(times = 5)
  void gatedLifFollowsItsEquations(SplittableRandom random) {
    int steps = random.nextInt(1, 6);
    NeuronModel model = ParallelModels.gatedLif(steps);
    Map<String, Double> p = new LinkedHashMap<>();
    model.parameters().forEach(name -> p.put(name, random.nextDouble(-2, 2)));
    NeuronRun run = NeuronRun.of(model, p, 1);
    double a = sigmoid(p.get("alpha"));
    double b = sigmoid(p.get("beta"));
    double g = sigmoid(p.get("gamma"));
    double tau = sigmoid(p.get("tau"));
    double threshold = sigmoid(p.get("v_threshold"));
    double v = 0;
    double spiked = 0;
    for (int t = 0; t < 30; t++) {
      float x = (float) random.nextDouble(0, 2);
      double conduct = sigmoid(p.get("conduct_" + t % steps));
      double input = x * (1 - b * (1 - conduct));
      double u = (1 - a * (1 - tau)) * v - (1 - a) * sigmoid(p.get("linear_decay")) + input;
      v =
          u
              - (1 - a * (1 - tau)) * v * g * spiked
              - (1 - g) * sigmoid(p.get("v_subreset")) * spiked;
      float s = run.step(new float[] {x})[0];
      assertThat(run.memories().get("v")[0]).isCloseTo((float) v, within(1e-4f));
      // So close to the threshold the two precisions may part.
      if (Math.abs(v - threshold) > 1e-4) {
        assertThat(s).as("step %d", t).isEqualTo(v >= threshold ? 1 : 0);
      }
      spiked = s;
    }
  }

  /** The seed's starts, in its words: sigmoid(tau) = 0.25, sigmoid(linear_decay) = 0.5 / (2 T). */
  @Test
  void gatedLifStartsAsTheSeedDoes() {
    GatedLifNode node = GatedLifNode.builder(8).build();
    assertThat(sigmoid(node.parameter("tau").values()[0])).isCloseTo(0.25, within(1e-12));
    assertThat(sigmoid(node.parameter("linear_decay").values()[0]))
        .isCloseTo(0.5 / 16, within(1e-12));
    assertThat(sigmoid(node.parameter("v_threshold").values()[0])).isEqualTo(0.5);
    assertThat(node.model().memories()).containsExactly("v", "spiked", "step");
    // 1 * (1 - 0.5 * 0.5) - 0.5 * 0.125 = 0.6875, then 0.625 * 0.6875 + 0.6875 less
    // 0.625 * 0.6875 * 0.5 and 0.5 * 0.5 of the spike before; one of these is 0.5.
    float[] out = NeuronRun.outputs(ParallelModels.gatedLif(2), Map.of(), new float[] {1, 1, 0});
    assertThat(out).containsExactly(1, 1, 0);
  }

  @Test
  void sizesOutOfRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlidingPsn(0))
        .withMessage("k of a sliding PSN must be from 1 to 256, found 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GatedLifNode.builder(257).build())
        .withMessage("T of a gated LIF must be from 1 to 256, found 257");
  }
}
