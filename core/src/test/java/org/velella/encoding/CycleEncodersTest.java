package org.velella.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.encoding.LatencyOperation.Curve;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.Modules;
import org.velella.module.StepMode;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.OutputOperation;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

class CycleEncodersTest {
  private static INDArray row(float... values) {
    return NdArrays.toArray(Tensor.of(Shape.of(1, values.length), values));
  }

  /** The spikes of T steps of a constant input, {@code [T][F]}. */
  private static float[][] run(MemoryModule module, int steps, float... x) {
    float[][] spikes = new float[steps][];
    for (int t = 0; t < steps; t++) {
      spikes[t] = NdArrays.toTensor(module.forward(List.of(row(x))).get(0)).floats();
    }
    return spikes;
  }

  /** The only step at which each element fires. */
  private static int[] latencies(float[][] spikes) {
    int[] found = new int[spikes[0].length];
    Arrays.fill(found, -1);
    for (int t = 0; t < spikes.length; t++) {
      for (int i = 0; i < found.length; i++) {
        if (spikes[t][i] != 0) {
          assertThat(found[i]).as("element %d fires twice", i).isEqualTo(-1);
          found[i] = t;
        }
      }
    }
    return found;
  }

  @Test
  void linearLatencyFallsWithTheInput() {
    float[][] spikes = run(new LatencyEncoder(10), 10, 0, 1, 0.5f, 0.25f, 0.9f, 1 / 18f);
    // 9 * 0.5 = 4.5 rounds to the even 4; 9 * 0.75 = 6.75; 9 * 0.1 = 0.9; 9 * 17/18 = 8.5.
    assertThat(latencies(spikes)).containsExactly(9, 0, 4, 7, 1, 8);
  }

  @Seeded(times = 5)
  void latenciesAreThoseOfTheFormulas(SplittableRandom random) {
    int steps = 1 + random.nextInt(30);
    float[] x = new float[50];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble();
    }
    int[] linear = latencies(run(new LatencyEncoder(steps), steps, x));
    int[] logarithmic = latencies(run(new LatencyEncoder(steps, Curve.LOGARITHMIC), steps, x));
    double alpha = Math.exp(steps - 1) - 1;
    for (int i = 0; i < x.length; i++) {
      assertThat(linear[i]).isEqualTo((int) Math.rint((steps - 1f) * (1f - x[i])));
      double exact = steps - 1 - Math.log(alpha * x[i] + 1);
      if (Math.abs(exact - Math.floor(exact) - 0.5) > 1e-4) {
        assertThat(logarithmic[i]).as("x = %s", x[i]).isEqualTo((int) Math.rint(exact));
      }
    }
  }

  @Test
  void logarithmicLatencyReachesBothEnds() {
    for (int steps : new int[] {1, 2, 20, 89}) {
      int[] found = latencies(run(new LatencyEncoder(steps, Curve.LOGARITHMIC), steps, 0, 1));
      assertThat(found).containsExactly(steps - 1, 0);
    }
  }

  @Test
  void weightedPhasesAreTheBinaryDigits() {
    float[][] spikes = run(new WeightedPhaseEncoder(4), 8, 0.625f, 0.9375f, 0, 0.0625f, 0.1f);
    float[][] digits = {{1, 1, 0, 0, 0}, {0, 1, 0, 0, 0}, {1, 1, 0, 0, 0}, {0, 1, 0, 1, 1}};
    for (int t = 0; t < 8; t++) {
      assertThat(spikes[t]).as("step %d", t).isEqualTo(digits[t % 4]);
    }
  }

  @Seeded(times = 5)
  void digitsAddUpToTheInput(SplittableRandom random) {
    int steps = 1 + random.nextInt(24);
    float x = random.nextInt(1 << steps) * Math.scalb(1f, -steps);
    float sum = 0;
    float[][] spikes = run(new WeightedPhaseEncoder(steps), steps, x);
    for (int t = 0; t < steps; t++) {
      sum += spikes[t][0] * Math.scalb(1f, -t - 1);
    }
    assertThat(sum).isEqualTo(x);
  }

  @Test
  void periodicSpikesRepeat() {
    Tensor pattern = Tensor.of(Shape.of(3, 2), new float[] {1, 0, 0, 0, 1, 1});
    PeriodicEncoder module = new PeriodicEncoder(NdArrays.toArray(pattern));
    float[][] spikes = run(module, 7, 5, Float.NaN);
    for (int t = 0; t < 7; t++) {
      assertThat(spikes[t]).isEqualTo(pattern.rows(t % 3, t % 3 + 1).floats());
    }
    assertThat(module.memory("t").number()).isEqualTo(1);
  }

  @Test
  void laterInputsAreIgnoredUntilReset() {
    LatencyEncoder module = new LatencyEncoder(3);
    assertThat(run(module, 1, 1)[0]).containsExactly(1);
    assertThat(latencies(run(module, 3, 0))).containsExactly(2);
    assertThat(module.memory("code").tensor().floats()).containsExactly(0);
    Modules.resetNet(module);
    assertThat(latencies(run(module, 3, 0))).containsExactly(2);
    assertThat(module.memory("code").tensor().floats()).containsExactly(2);
  }

  @Test
  void samplesThatJoinLaterAreEncodedThen() {
    LatencyEncoder module = new LatencyEncoder(3);
    run(module, 2, 1);
    Modules.resizeBatch(module, 2);
    Tensor two = Tensor.of(Shape.of(2, 1), new float[] {0, 0});
    Tensor spikes = NdArrays.toTensor(module.forward(NdArrays.toArray(two)));
    // The place in the cycle is 2 for both: the first was encoded as 0, the second now as 2.
    assertThat(spikes.floats()).containsExactly(0, 1);
  }

  @Test
  void inputsOutOfRangeAreRefusedAndChangeNothing() {
    MemoryModule[] modules = {
      new LatencyEncoder(4), new LatencyEncoder(4, Curve.LOGARITHMIC), new WeightedPhaseEncoder(4)
    };
    for (MemoryModule module : modules) {
      for (float wrong : new float[] {-0.1f, 1.01f, Float.NaN}) {
        List<MemoryValue> before = module.memories();
        assertThatThrownBy(() -> module.forward(List.of(row(0.5f, wrong))))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("found " + wrong + " in element 1 of the tile's sample 0");
        assertThat(module.memories()).isEqualTo(before);
      }
    }
    assertThatThrownBy(() -> new WeightedPhaseEncoder(4).forward(List.of(row(1))))
        .hasMessageContaining("from 0 to 0.9375, found 1.0");
  }

  @Test
  void cyclesOfOtherLengthsAreRefused() {
    assertThatThrownBy(() -> new LatencyEncoder(0)).hasMessageContaining("from 1 to 89 steps");
    assertThatThrownBy(() -> new LatencyEncoder(90)).hasMessageContaining("found 90");
    assertThatThrownBy(() -> new WeightedPhaseEncoder(25)).hasMessageContaining("found 25");
    assertThatThrownBy(() -> new PeriodicEncoder(row(0, 0.5f)))
        .hasMessageContaining("found 0.5 at flat index 1");
    Tensor none = Tensor.of(Shape.of(0, 2), new float[0]);
    assertThatThrownBy(() -> new PeriodicOperation(none)).hasMessageContaining("[0, 2]");
    PeriodicOperation pattern = new PeriodicOperation(Tensor.of(Shape.of(1, 2), new float[2]));
    assertThatThrownBy(() -> pattern.outputShape(Shape.of(3)))
        .hasMessageContaining("cannot take input of shape [3]");
  }

  private static Network network(EncoderOperation encoder) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(2)))
        .node("encoder", encoder)
        .node("output", new OutputOperation())
        .edge("input", "encoder")
        .edge("encoder", "output")
        .build();
  }

  @Test
  void filesHoldThemAndDigestsTellThemApart() {
    List<EncoderOperation> encoders =
        List.of(
            new LatencyOperation(5, Curve.LINEAR),
            new LatencyOperation(6, Curve.LINEAR),
            new LatencyOperation(5, Curve.LOGARITHMIC),
            new WeightedPhaseOperation(5),
            new PeriodicOperation(Tensor.of(Shape.of(2, 2), new float[] {1, 0, 0, 1})),
            new PeriodicOperation(Tensor.of(Shape.of(2, 2), new float[] {1, 0, 0, 0})));
    for (EncoderOperation encoder : encoders) {
      byte[] bytes = NetworkCodec.toBytes(network(encoder));
      Network read = NetworkCodec.fromBytes(bytes);
      assertThat(NetworkCodec.toBytes(read)).isEqualTo(bytes);
      assertThat(read.node("encoder").operation()).hasSameClassAs(encoder);
    }
    assertThat(encoders.stream().map(e -> NetworkDigest.of(network(e)).value()))
        .doesNotHaveDuplicates();
    String text =
        new String(
            NetworkCodec.toBytes(network(encoders.get(0))),
            java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] damaged =
        text.replace("steps\\\":5", "steps\\\":0")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> NetworkCodec.fromBytes(damaged))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("found 0");
  }

  @Seeded
  void aSequenceIsItsSteps(SplittableRandom random) {
    float[] x = {(float) random.nextDouble(), (float) random.nextDouble()};
    LatencyEncoder whole = new LatencyEncoder(4);
    whole.setStepMode(StepMode.MULTI_STEP);
    float[] sequence = new float[14];
    for (int t = 0; t < 7; t++) {
      System.arraycopy(x, 0, sequence, 2 * t, 2);
    }
    Tensor all =
        NdArrays.toTensor(whole.forward(NdArrays.toArray(Tensor.of(Shape.of(7, 1, 2), sequence))));
    float[][] steps = run(new LatencyEncoder(4), 7, x);
    for (int t = 0; t < 7; t++) {
      assertThat(all.rows(t, t + 1).floats()).isEqualTo(steps[t]);
    }
  }
}
