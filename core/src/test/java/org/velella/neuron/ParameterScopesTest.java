package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.equation.StepEvaluator;
import org.velella.plan.NeuronConstants;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.testkit.NeuronRun;
import org.velella.testkit.Seeded;

/**
 * Parameters that vary per neuron, per sample, or per both give the bits that separate runs with
 * those values give.
 */
class ParameterScopesTest {
  private static final int STEPS = 30;
  private static final int BATCH = 5;
  private static final int NEURONS = 7;

  private static final NeuronModel MODEL =
      NeuronModel.parse(
          """
          model adaptive
            parameter tau = 2, gain = 1
            require tau > 1, gain > 0
            derive decay = exp(-1 / tau)
            derive32 scale = gain / tau
            memory v = 0
            charge h = v * decay + x * scale
            fire s = h >= 1
            reset v = h - s
          """);

  /** The value of a parameter for sample n and neuron f. */
  private interface Value {
    double at(int n, int f);
  }

  private static double[] draw(SplittableRandom random, int size) {
    return random.doubles(size, 1.5, 9).toArray();
  }

  private static float[][] inputs(SplittableRandom random) {
    float[][] x = new float[STEPS][BATCH * NEURONS];
    for (float[] row : x) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextDouble(0, 2);
      }
    }
    return x;
  }

  private static void check(
      SplittableRandom random,
      ParameterScope scope,
      Map<String, ParameterValue> own,
      Map<String, double[]> tile,
      Value tau,
      Value gain) {
    NeuronOperation neurons = new NeuronOperation(MODEL, own);
    Shape shape = Shape.of(NEURONS);
    NeuronOp op = new NeuronOp("a", "net.a", neurons, shape, List.of(0), 1, List.of(0), Map.of());
    NeuronConstants constants = NeuronConstants.of(op, BATCH, TileParameters.of(tile));
    assertThat(constants.scope()).isEqualTo(scope);
    float[][] x = inputs(random);
    float[][] memories = {new float[BATCH * NEURONS]};
    float[][] out = new float[STEPS][BATCH * NEURONS];
    StepEvaluator evaluator = new StepEvaluator(MODEL.program());
    for (int t = 0; t < STEPS; t++) {
      for (int n = 0; n < BATCH; n++) {
        int at = n * NEURONS;
        evaluator.step(
            NEURONS,
            x[t],
            at,
            constants.values(),
            constants.offset(n),
            constants.stride(),
            memories,
            at,
            out[t],
            at,
            null,
            0);
      }
    }
    for (int i = 0; i < BATCH * NEURONS; i++) {
      int n = i / NEURONS;
      int f = i % NEURONS;
      Map<String, Double> values = Map.of("tau", tau.at(n, f), "gain", gain.at(n, f));
      NeuronRun alone = NeuronRun.of(MODEL, values, 1);
      for (int t = 0; t < STEPS; t++) {
        assertThat(out[t][i]).isEqualTo(alone.step(new float[] {x[t][i]})[0]);
      }
      assertThat(memories[0][i]).isEqualTo(alone.memories().get("v")[0]);
    }
  }

  @Seeded
  void oneValueForTheRun(SplittableRandom random) {
    Map<String, ParameterValue> own = Map.of("tau", ParameterValue.of(3.3));
    check(random, ParameterScope.RUN, own, Map.of(), (n, f) -> 3.3, (n, f) -> 1);
  }

  @Seeded
  void oneValuePerNeuron(SplittableRandom random) {
    double[] tau = draw(random, NEURONS);
    Map<String, ParameterValue> own = Map.of("tau", ParameterValue.of(Shape.of(NEURONS), tau));
    check(random, ParameterScope.NEURON, own, Map.of(), (n, f) -> tau[f], (n, f) -> 1);
  }

  @Seeded
  void oneValuePerSample(SplittableRandom random) {
    double[] gain = draw(random, BATCH);
    Map<String, double[]> tile = Map.of("net.a.gain", gain);
    check(random, ParameterScope.SAMPLE, Map.of(), tile, (n, f) -> 2, (n, f) -> gain[n]);
  }

  @Seeded
  void oneValuePerSampleAndNeuron(SplittableRandom random) {
    double[] tau = draw(random, BATCH * NEURONS);
    Map<String, double[]> tile = Map.of("net.a.tau", tau);
    check(
        random,
        ParameterScope.SAMPLE_NEURON,
        Map.of(),
        tile,
        (n, f) -> tau[n * NEURONS + f],
        (n, f) -> 1);
  }

  @Seeded
  void onePerNeuronAndAnotherPerSample(SplittableRandom random) {
    double[] tau = draw(random, NEURONS);
    double[] gain = draw(random, BATCH);
    check(
        random,
        ParameterScope.SAMPLE_NEURON,
        Map.of("tau", ParameterValue.of(Shape.of(NEURONS), tau)),
        Map.of("net.a.gain", gain),
        (n, f) -> tau[f],
        (n, f) -> gain[n]);
  }

  /** What only says how memories begin makes no constant of a step wider. */
  @Test
  void beginningsAreNoConstantsOfTheStep() {
    NeuronModel model =
        NeuronModel.parse(
            """
            model beginning
              parameter tau = 2, start = 0
              require tau > 1
              memory v = start
              charge h = v + x / tau
              fire s = h >= 1
              reset v = h - s
            """);
    double[] starts = new double[BATCH * NEURONS];
    Arrays.setAll(starts, i -> i / 100.0);
    NeuronOperation neurons = new NeuronOperation(model, Map.of());
    Shape shape = Shape.of(NEURONS);
    NeuronOp op = new NeuronOp("a", "net.a", neurons, shape, List.of(0), 1, List.of(0), Map.of());
    TileParameters tile = TileParameters.of(Map.of("net.a.start", starts));
    NeuronConstants constants = NeuronConstants.of(op, BATCH, tile);
    assertThat(constants.scope()).isEqualTo(ParameterScope.RUN);
    assertThat(constants.values()).isDeepEqualTo(new float[][] {{2}});
    assertThat(model.stepParameters()).containsExactly("tau");
  }
}
