package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.layer.Linear;
import org.velella.module.Memories;
import org.velella.module.Module;
import org.velella.module.Modules;
import org.velella.module.Sequential;
import org.velella.neuron.IfNode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;

class ContainersTest {
  private static final float[] INPUT = {0.25f, 0.625f, 0.875f, 1.25f, 0f, 2.5f, -0.375f, 0.8125f};

  private static float[] outputs(Module module, float[] input, int features) {
    Modules.setStepMode(module, "m");
    INDArray sequence = Nd4j.createFromArray(input).reshape(input.length / features, 1, features);
    return NdArrays.toTensor(module.forward(sequence)).floats();
  }

  /** What SpikingJelly's containers give for IF neurons. */
  @Test
  void recurrentContainersGiveTheSpikesOfTheSeed() {
    INDArray weight = Nd4j.createFromArray(new float[][] {{1, 0.5f}});
    assertThat(outputs(new LinearRecurrentContainer(new IfNode(), weight, null), INPUT, 1))
        .containsExactly(0, 0, 1, 1, 0, 1, 0, 0);
    assertThat(outputs(new ElementWiseRecurrentContainer(new IfNode(), 1), INPUT, 1))
        .containsExactly(0, 0, 1, 1, 1, 1, 0, 1);
  }

  /** y = sub(W x + U y + b) for a module without memories: two inputs, one of which is y. */
  @Test
  void weightAndBiasAreThoseOfInputAndOutput() {
    Linear sub = new Linear(Nd4j.createFromArray(new float[][] {{1, 10}}));
    INDArray weight = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}});
    INDArray bias = Nd4j.createFromArray(7f, 8f);
    LinearRecurrentContainer container = new LinearRecurrentContainer(sub, weight, bias);
    // Step 1: (1 + 7, 4 + 8) -> 8 + 120 = 128. Step 2: (2 + 3 * 128 + 7, 5 + 6 * 128 + 8) -> 393 +
    // 7810
    assertThat(outputs(container, new float[] {1, 0, 0, 1}, 2)).containsExactly(128, 8203);
    assertThat(Memories.extractMemories(container).names())
        .containsExactly("rc.recurrent.previous");
  }

  @Test
  void differencesFeedBackWithANegativeScale() {
    Linear sub = new Linear(Nd4j.createFromArray(new float[][] {{2}}));
    // 2 * 1, 2 * (1 - 2), 2 * (1 + 2)
    assertThat(
            outputs(
                new ElementWiseRecurrentContainer(sub, -1, Shape.of(1)), new float[] {1, 1, 1}, 1))
        .containsExactly(2, -2, 6);
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    INDArray weight = Nd4j.createFromArray(new float[][] {{1, 0.5f, 2}});
    assertThatThrownBy(() -> new LinearRecurrentContainer(new IfNode(), weight, null))
        .isInstanceOf(NetworkException.class)
        .hasMessage(
            "A LinearRecurrentContainer's module gives shape [1] for 1 inputs, but the weight [1, 3]"
                + " is of 2 outputs");
    INDArray narrowing = Nd4j.createFromArray(new float[][] {{1, 1}});
    assertThatThrownBy(() -> new ElementWiseRecurrentContainer(new Linear(narrowing), 2))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("found [1] for [2]");
  }

  @Test
  void receptiveFieldsLieSideBySideForEachObservation() {
    PopulationEncoder encoder = new PopulationEncoder(2, 3, -1, 1, 0.5);
    float[] a = outputs(encoder.currents(), new float[] {0, 1}, 2);
    float[] expected = {-2, 0, 2, -4, -2, 0};
    for (int k = 0; k < expected.length; k++) {
      double z = expected[k];
      assertThat(a[k]).isCloseTo((float) Math.exp(-0.5 * z * z), within(1e-7f));
    }
  }

  /** A neuron in the middle of its field fires in every step, since 1 >= 0.999. */
  @Test
  void populationsFireAsOftenAsTheirFieldsSay() {
    PopulationEncoder encoder = new PopulationEncoder(1, 3, -1, 1, 0.5);
    int steps = 400;
    float[] middle = new float[steps];
    for (Sequential each : new Sequential[] {encoder.deterministic(), encoder.random()}) {
      float[] spikes = outputs(each, middle, 1);
      int[] counts = new int[3];
      for (int k = 0; k < spikes.length; k++) {
        counts[k % 3] += (int) spikes[k];
      }
      // exp(-2) of 400 steps is 54; the random one's standard deviation is 7.
      assertThat(counts[1]).isEqualTo(steps);
      assertThat(counts[0]).isBetween(54 - 42, 54 + 42);
      assertThat(counts[2]).isBetween(54 - 42, 54 + 42);
    }
  }

  @Test
  void encodersThatMakeNoSenseAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PopulationEncoder(0, 3, -1, 1, 0.5))
        .withMessageContaining("found 0 and 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PopulationEncoder(1, 3, 1, -1, 0.5))
        .withMessageContaining("found 1.0 to -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PopulationEncoder(1, 3, -1, 1, 0))
        .withMessageContaining("found 0.0");
  }
}
