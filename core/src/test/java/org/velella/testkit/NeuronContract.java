package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.velella.neuron.NeuronModel;
import org.velella.tensor.Tensor;

/** What holds for every neuron model, built in or written by a user. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class NeuronContract {
  private static final int STEPS = 40;
  private static final int NEURONS = 300;

  /** The models to check. */
  protected abstract Stream<NeuronModel> models();

  private static float[][] inputs(SplittableRandom random, int steps, int neurons) {
    float[][] x = new float[steps][neurons];
    for (float[] row : x) {
      for (int i = 0; i < neurons; i++) {
        row[i] = (float) random.nextDouble(-1, 2.5);
      }
    }
    return x;
  }

  private static NeuronRun run(NeuronModel model, int neurons) {
    return NeuronRun.of(model, Map.of(), neurons);
  }

  @ParameterizedTest
  @MethodSource("models")
  @ExtendWith(SeededExtension.class)
  void stepsInTwoRunsEqualStepsInOne(NeuronModel model, SplittableRandom random) {
    float[][] x = inputs(random, STEPS, NEURONS);
    NeuronRun whole = run(model, NEURONS);
    NeuronRun first = run(model, NEURONS);
    int cut = 1 + random.nextInt(STEPS - 1);
    for (int t = 0; t < cut; t++) {
      assertThat(first.step(x[t])).isEqualTo(whole.step(x[t]));
    }
    NeuronRun second = run(model, NEURONS);
    first.memories().forEach(second::load);
    for (int t = cut; t < STEPS; t++) {
      assertThat(second.step(x[t])).as("step %d, cut at %d", t, cut).isEqualTo(whole.step(x[t]));
    }
    assertMemories(second.memories(), whole.memories(), 0, 0, NEURONS);
  }

  @ParameterizedTest
  @MethodSource("models")
  @ExtendWith(SeededExtension.class)
  void neuronsDoNotSeeEachOther(NeuronModel model, SplittableRandom random) {
    float[][] x = inputs(random, STEPS, NEURONS);
    float[][] disturbed = new float[STEPS][];
    int chosen = random.nextInt(NEURONS);
    float[] poison = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE
    };
    NeuronRun together = run(model, NEURONS);
    NeuronRun alone = run(model, 1);
    for (int t = 0; t < STEPS; t++) {
      disturbed[t] = x[t].clone();
      for (int i = 0; i < NEURONS; i++) {
        disturbed[t][i] = i == chosen ? x[t][i] : poison[random.nextInt(poison.length)];
      }
      float own = alone.step(new float[] {x[t][chosen]})[0];
      assertThat(together.step(disturbed[t])[chosen]).isEqualTo(own);
    }
    assertMemories(together.memories(), alone.memories(), chosen, 0, 1);
  }

  @ParameterizedTest
  @MethodSource("models")
  @ExtendWith(SeededExtension.class)
  void everyNanIsWrittenAsTheSameBits(NeuronModel model, SplittableRandom random) {
    NeuronRun run = run(model, NEURONS);
    float[] x = new float[NEURONS];
    for (int t = 0; t < 4; t++) {
      for (int i = 0; i < NEURONS; i++) {
        x[i] = Float.intBitsToFloat(0x7f800001 + random.nextInt(0x7ffffe) | i << 31);
      }
      assertCanonical(run.step(x));
    }
    run.memories().values().forEach(NeuronContract::assertCanonical);
  }

  private static void assertCanonical(float[] values) {
    int[] found = new int[values.length];
    int[] wanted = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      found[i] = Float.floatToRawIntBits(values[i]);
      wanted[i] = Tensor.canonicalBits(values[i]);
    }
    assertThat(found).isEqualTo(wanted);
  }

  /** A hard reset chooses: however high the potential was, a spike leaves {@code v_reset}. */
  @ParameterizedTest
  @MethodSource("models")
  void hardResetForgetsAnInfinitePotential(NeuronModel model) {
    assumeTrue(model.parameters().contains("v_reset"), "no hard reset");
    assumeTrue(model.inputs().size() == 1, "infinities of several inputs may cancel");
    float reset = (float) model.defaults()[model.parameters().indexOf("v_reset")];
    NeuronRun run = run(model, 1);
    float spikes = 0;
    for (int t = 0; t < 3; t++) {
      float spike = run.step(new float[] {Float.POSITIVE_INFINITY}, "s")[0];
      spikes += spike;
      assertThat(spike == 0 || run.memories().get("v")[0] == reset).isTrue();
    }
    assertThat(spikes).isPositive();
  }

  /** Spikes of sums that miss or hit the threshold by one unit in the last place. */
  @ParameterizedTest
  @MethodSource("models")
  @ExtendWith(SeededExtension.class)
  void thresholdIsComparedExactly(NeuronModel model, SplittableRandom random) {
    Map<String, Integer> variables = model.program().variables();
    boolean simple = variables.containsKey("h") && model.program().binaryOutput();
    assumeTrue(simple && model.parameters().contains("v_threshold"), "no plain threshold");
    boolean strict = model.text().contains("h > v_threshold");
    for (int i = 0; i < 20; i++) {
      float[] x = {(float) random.nextDouble(4, 9)};
      float h = charged(model, x[0]);
      if (h > 0.6f) {
        assertThat(spike(model, h, x)).as("h = threshold = %s", h).isEqualTo(strict ? 0 : 1);
        assertThat(spike(model, Math.nextUp(h), x)).as("h just below").isZero();
        assertThat(spike(model, Math.nextDown(h), x)).as("h just above").isEqualTo(1);
      }
    }
  }

  private static boolean startsFromThreshold(NeuronModel model) {
    double[] low = model.defaults();
    double[] high = model.defaults();
    high[model.parameters().indexOf("v_threshold")] += 1;
    return !Arrays.equals(model.initialValues(low), model.initialValues(high));
  }

  /** The potential of a fresh neuron after charging, from a run whose threshold it cannot reach. */
  private static float charged(NeuronModel model, float x) {
    assumeTrue(!startsFromThreshold(model), "the threshold moves the potential");
    NeuronRun run = NeuronRun.of(model, Map.of("v_threshold", 1e6), 1);
    return run.step(new float[] {x}, "h")[0];
  }

  private static float spike(NeuronModel model, float threshold, float[] x) {
    return NeuronRun.of(model, Map.of("v_threshold", (double) threshold), 1).step(x)[0];
  }

  /** A subnormal input moves a neuron that is otherwise at zero. */
  @ParameterizedTest
  @MethodSource("models")
  void subnormalInputsAreNotFlushed(NeuronModel model) {
    Map<String, Float> silent = variables(model, 0);
    boolean rests = silent.values().stream().allMatch(value -> value == 0);
    assumeTrue(rests && !model.memories().isEmpty(), "does not rest at zero");
    Map<String, Float> driven = variables(model, 0x1p-130f);
    assertThat(driven.remove("x")).isEqualTo(0x1p-130f);
    assertThat(driven.values()).anyMatch(value -> value != 0);
  }

  /** Every variable of a fresh neuron's first step. */
  private static Map<String, Float> variables(NeuronModel model, float x) {
    Map<String, Float> values = new TreeMap<>();
    for (String name : model.program().variables().keySet()) {
      values.put(name, run(model, 1).step(new float[] {x}, name)[0]);
    }
    return values;
  }

  private static void assertMemories(
      Map<String, float[]> found, Map<String, float[]> wanted, int from, int wantedFrom, int n) {
    assertThat(found.keySet()).containsExactlyElementsOf(wanted.keySet());
    for (String name : wanted.keySet()) {
      float[] mine = Arrays.copyOfRange(found.get(name), from, from + n);
      float[] other = Arrays.copyOfRange(wanted.get(name), wantedFrom, wantedFrom + n);
      assertThat(mine).as(name).isEqualTo(other);
    }
  }
}
