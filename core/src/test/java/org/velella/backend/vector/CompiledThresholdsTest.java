package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.SpikeTotals;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.NeuronRun;
import org.velella.testkit.Seeded;

/**
 * Generated code of the whole catalogue where potentials hit their thresholds, or miss them by one
 * unit in the last place: what is to come follows from the comparison. Thresholds of every scope;
 * spikes as numbers, as bits and counted.
 */
@EnabledIf("vectorsAreHere")
class CompiledThresholdsTest {
  private static final String THRESHOLD = "v_threshold";
  private static final int BATCH = 3;

  /** Some fill no vector and no word. */
  private static final int SIZE = 70;

  /** Thresholds of models that demand more of them than a value are above. */
  private static final float LEAST = 0.6f;

  /** Of models whose potential does not see the input of the same step. */
  private static final int NOT_CHARGED = -1;

  /** The parameter is finite; with an infinite one the difference would tell nothing. */
  private static final float[] BOUNDS = {
    0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1, -1, Float.MAX_VALUE
  };

  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1,
    -1,
    5,
    -5,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    Float.intBitsToFloat(0xffc00000),
    -Float.MAX_VALUE
  };

  private enum Scope {
    ALL,
    NEURON,
    SAMPLE,
    BOTH
  }

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  @Seeded
  void thresholdsAreComparedExactly(SplittableRandom random) {
    int compared = 0;
    int counted = 0;
    for (NeuronModel model : BuiltInModels.all()) {
      if (isPlain(model)) {
        for (Scope scope : Scope.values()) {
          int found = compare(random, model, scope);
          compared += found == NOT_CHARGED ? 0 : 1;
          counted += Math.max(0, found);
        }
      }
    }
    assertThat(compared).as("models with a plain threshold, and scopes").isGreaterThan(25 * 4);
    assertThat(counted).as("populations that were counted").isGreaterThan(100);
  }

  /** Zeros of both signs are equal, whichever of the two is the parameter. */
  @Test
  void specialNumbersAreComparedWithBounds() {
    for (String fires : List.of("h >= v_threshold", "v_threshold >= h")) {
      NeuronModel model =
          NeuronModel.parse(
              """
              model compared
                parameter v_threshold = 1
                memory v = 0
                charge h = x
                fire s = %s
                reset v = h
              """
                  .formatted(fires));
      for (Scope scope : Scope.values()) {
        for (int first = 0; first < BOUNDS.length; first++) {
          compareSpecial(model, fires, scope, first);
        }
      }
    }
  }

  private static void compareSpecial(NeuronModel model, String fires, Scope scope, int first) {
    float[] thresholds = new float[BATCH * SIZE];
    float[] x = new float[BATCH * SIZE];
    float[] expected = new float[BATCH * SIZE];
    for (int i = 0; i < x.length; i++) {
      int own =
          switch (scope) {
            case ALL -> 0;
            case NEURON -> i % SIZE;
            case SAMPLE -> i / SIZE;
            case BOTH -> i;
          };
      thresholds[i] = BOUNDS[(first + own) % BOUNDS.length];
      x[i] = SPECIAL[i % SPECIAL.length];
      boolean fired = fires.startsWith("h") ? x[i] >= thresholds[i] : thresholds[i] >= x[i];
      expected[i] = fired ? 1 : 0;
    }
    String what = "%s, a threshold for each of %s".formatted(fires, scope);
    assertThat(run(what, model, scope, thresholds, x, expected)).isOne();
  }

  /** Whether a model has a potential h, spikes where it reaches the threshold, and begins apart. */
  private static boolean isPlain(NeuronModel model) {
    if (model.inputs().size() > 1
        || !model.program().variables().containsKey("h")
        || !model.program().binaryOutput()
        || !model.parameters().contains(THRESHOLD)) {
      return false;
    }
    double[] high = model.defaults();
    high[model.parameters().indexOf(THRESHOLD)] += 1;
    return Arrays.equals(model.initialValues(model.defaults()), model.initialValues(high));
  }

  /** Numbers of a population, the same for all neurons for which the scope has one threshold. */
  private static float[] inputs(SplittableRandom random, Scope scope) {
    float[] x = new float[BATCH * SIZE];
    for (int i = 0; i < x.length; i++) {
      int like =
          switch (scope) {
            case ALL -> 0;
            case NEURON -> i % SIZE;
            case SAMPLE -> i / SIZE * SIZE;
            case BOTH -> i;
          };
      x[i] = like == i ? (float) random.nextDouble(4, 9) : x[like];
    }
    return x;
  }

  private static float[] charged(NeuronModel model, float[] x) {
    return NeuronRun.of(model, Map.of(THRESHOLD, 1e6), x.length).step(x, "h");
  }

  /** How many of the populations were counted too. */
  private static int compare(SplittableRandom random, NeuronModel model, Scope scope) {
    float[] x = inputs(random, scope);
    // Thresholds that no potential reaches leave the potential as it is charged.
    float[] h = charged(model, x);
    for (int tries = 0; h[0] <= LEAST; tries++) {
      if (tries == 7) {
        return NOT_CHARGED;
      }
      // A step of such a model is a fraction of a second.
      for (int i = 0; i < x.length; i++) {
        x[i] *= 10;
      }
      h = charged(model, x);
    }
    boolean strict = model.text().contains("h > v_threshold");
    int counted = 0;
    for (int beside = -1; beside <= 1; beside++) {
      float[] thresholds = new float[x.length];
      for (int i = 0; i < h.length; i++) {
        thresholds[i] = beside < 0 ? Math.nextDown(h[i]) : beside > 0 ? Math.nextUp(h[i]) : h[i];
      }
      float spike = beside < 0 || beside == 0 && !strict ? 1 : 0;
      float[] expected = new float[x.length];
      for (int i = 0; i < h.length; i++) {
        // Of others the contract of neurons does not say that they only compare.
        expected[i] = h[i] > LEAST ? spike : Float.NaN;
      }
      assertThat(expected).as(model.name()).contains(spike);
      String what = "%s, a threshold for each of %s, %d".formatted(model.name(), scope, beside);
      counted += run(what, model, scope, thresholds, x, expected);
    }
    return counted;
  }

  private static int run(
      String what,
      NeuronModel model,
      Scope scope,
      float[] thresholds,
      float[] x,
      float[] expected) {
    double[] all = IntStream.range(0, x.length).mapToDouble(i -> thresholds[i]).toArray();
    Map<String, ParameterValue> fixed =
        switch (scope) {
          case ALL -> Map.of(THRESHOLD, ParameterValue.of(all[0]));
          case NEURON ->
              Map.of(THRESHOLD, ParameterValue.of(Shape.of(SIZE), Arrays.copyOf(all, SIZE)));
          default -> Map.of();
        };
    TileParameters own =
        switch (scope) {
          case SAMPLE ->
              TileParameters.of(
                  Map.of(
                      "a.v_threshold",
                      IntStream.range(0, BATCH).mapToDouble(n -> all[n * SIZE]).toArray()));
          case BOTH -> TileParameters.of(Map.of("a.v_threshold", all));
          default -> TileParameters.NONE;
        };
    int memories = model.memories().size();
    NeuronOp op =
        new NeuronOp(
            "a",
            "a",
            new NeuronOperation(model, fixed),
            Shape.of(SIZE),
            List.of(0),
            1,
            IntStream.range(0, memories).boxed().toList(),
            Map.of());
    List<NeuronBuffers.Source> input = List.of(new NeuronBuffers.Source(x, 0, x.length));
    float[] out = new float[x.length];
    NeuronKernel code = new VectorNeurons(op, BATCH, own);
    code.load(initial(model));
    code.run(1, NeuronBuffers.floats(input, out, 0, new float[0][], 0));
    check(what, expected, out);

    int words = (SIZE + Long.SIZE - 1) / Long.SIZE;
    long[] bits = new long[BATCH * words];
    code.load(initial(model));
    code.run(1, NeuronBuffers.bits(input, bits, 0));
    for (int i = 0; i < out.length; i++) {
      out[i] = bits[i / SIZE * words + i % SIZE / Long.SIZE] >>> i % SIZE & 1;
    }
    check(what + ", as bits", expected, out);

    if (!CountingNeurons.counts(op)) {
      return 0;
    }
    SpikeTotals totals = new SpikeTotals(x.length);
    NeuronKernel counting = new CountingNeurons(op, BATCH, own);
    counting.load(initial(model));
    counting.run(1, NeuronBuffers.totals(input, totals, 0));
    for (int i = 0; i < out.length; i++) {
      out[i] = totals.counts()[i];
    }
    check(what + ", counted", expected, out);
    return 1;
  }

  private static Tensor[] initial(NeuronModel model) {
    float[] values = model.initialMemories(model.defaults());
    Tensor[] memories = new Tensor[values.length];
    for (int m = 0; m < values.length; m++) {
      float[] each = new float[BATCH * SIZE];
      Arrays.fill(each, values[m]);
      memories[m] = Tensor.of(Shape.of(BATCH, SIZE), each);
    }
    return memories;
  }

  private static void check(String what, float[] expected, float[] found) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.isNaN(expected[i]) || expected[i] == found[i])
          .as("%s: neuron %d sends %s", what, i, found[i])
          .isTrue();
    }
  }
}
