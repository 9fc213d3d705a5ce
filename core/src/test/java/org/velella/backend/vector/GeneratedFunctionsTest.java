package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.SpikeTotals;
import org.velella.equation.StepEvaluator;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Each function of the language alone in generated code, through all of float32, beside the
 * definition's interpreter; what vectors rewrite among them. What IEEE 754 defines is beside Java's
 * own operations as well.
 */
@EnabledIf("vectorsAreHere")
class GeneratedFunctionsTest {
  /** Prime, so that all exponents and low bits come up; 260,000 inputs per function. */
  private static final int STRIDE = 16411;

  private static final int STEPS = 64;
  private static final int SIZE = 4096;
  private static final float[] X = inputs();

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  /** All of float32 in strides; of what is left, numbers at which something changes. */
  private static float[] inputs() {
    float[] x = new float[STEPS * SIZE];
    int count = (int) ((1L << 32) / STRIDE) + 1;
    for (int i = 0; i < count; i++) {
      x[i] = Float.intBitsToFloat((int) ((long) i * STRIDE));
    }
    float[] edges = {
      0f,
      -0f,
      0.5f,
      -0.5f,
      1f,
      -1f,
      1.5f,
      2.5f,
      88.72283f,
      88.72284f,
      -87.33655f,
      -103.97207f,
      -103.97209f,
      104f,
      -104f,
      0.625f,
      -0.625f,
      0x1p23f,
      -0x1p23f,
      8388607.5f,
      0x1p22f,
      4194303.5f,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MIN_NORMAL,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.intBitsToFloat(0x7fc00000),
      Float.intBitsToFloat(0xffc00000),
      Float.intBitsToFloat(0x7f800001),
      Float.intBitsToFloat(0xffffffff)
    };
    for (int i = count; i < x.length; i++) {
      x[i] = edges[i % edges.length];
    }
    return x;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exp(x)",
        "log(x)",
        "tanh(x)",
        "sigmoid(x)",
        "sqrt(x)",
        "abs(x)",
        "floor(x)",
        "rint(x)",
        "trunc(x)",
        "-x",
        "x ^ 2",
        "x ^ 3",
        "x ^ 7",
        "x ^ 16",
        "1 / x",
        "x / 3",
        "x / 4",
        "x / k",
        "x / p",
        "fma(x, k, x)",
        "min(x, 0.7)",
        "max(x, -0.7)",
        "max(x, 0)",
        "max(0, x)",
        "min(x, 0)",
        "max(x, -0.0)",
        "min(x, k)",
        "clamp(x, -1, 1)",
        "clamp(x, -88.7, 88.7)",
        "clamp(x, -1e-40, 1e-40)",
        "clamp(x, -3.4028235e38, 3.4028235e38)",
        "clamp(x, 1, -1)",
        "clamp(x, -1, 2)",
        "clamp(x, -k, k)",
        "min(max(x, 1), -1)",
        "exp(clamp(x, -20, 20))",
        "exp(-x)",
        "exp(x * x)",
        "exp(min(x, 3))",
        "rint(clamp(x, -2097152, 2097152))",
        "rint(clamp(x, -2097153, 2097153))",
        "rint(clamp(x, -6e6, 6e6))",
        "floor(clamp(x, -6e6, 6e6))",
        "floor(clamp(x, -300, 300))",
        "floor(0.5 * rint(clamp(x, -300, 300)))",
        "floor(rint(clamp(x, -300, 300)) * 0.5)",
        "floor(0.5 * rint(x))",
        "rint(max(min(x, 300), -300))",
        "where(x == 0, 2, x)",
        "where(0 == x, 0, x)",
        "where(x != k, x, 0)",
        "where(x > k, x, -x)",
        "where(not (x >= p), 0, x)",
        "where(x > 0, log(x), exp(x))",
        "log(1 + exp(x))",
        "tanh(exp(x))"
      })
  void givesTheBitsOfTheDefinition(String function) {
    NeuronModel model = NeuronModel.parse(parameters() + "  output y = " + function + "\n");
    NeuronOp op = op(model);
    float[] expected = definition(model);
    float[] found = numbers(new VectorNeurons(op, 1, TileParameters.NONE));
    for (int i = 0; i < X.length; i++) {
      same(function, i, expected[i], found[i]);
    }
  }

  /** What decides a spike is compared, not written: as numbers, as bits, and counted. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "exp(x) >= 0.3",
        "log(x) > -2",
        "tanh(x) >= 0.5",
        "sigmoid(x) > 0.25",
        "sqrt(x) >= k",
        "abs(x) > p",
        "floor(x) == 3",
        "rint(x) == 2",
        "trunc(x) >= 1",
        "x ^ 3 > k",
        "1 / x >= 0",
        "1 / max(x, 0) > 0",
        "clamp(x, -1, 1) == k",
        "0 >= x",
        "p > x",
        "not (exp(x) < 1)",
        "x == x and not (x > 1)",
        "x > k or not (log(x) <= 0)"
      })
  void spikesAreThoseOfTheDefinition(String condition) {
    NeuronModel model = NeuronModel.parse(parameters() + "  fire s = " + condition + "\n");
    NeuronOp op = op(model);
    float[] expected = definition(model);
    VectorNeurons code = new VectorNeurons(op, 1, TileParameters.NONE);
    assertThat(numbers(code)).isEqualTo(expected);
    long[] bits = new long[X.length / Long.SIZE];
    code.run(STEPS, NeuronBuffers.bits(source(), bits, 0));
    for (int i = 0; i < X.length; i++) {
      same(condition, i, expected[i], bits[i / Long.SIZE] >>> i & 1);
    }
    // Those are too long for one loop.
    boolean isLong = condition.contains("log") || condition.contains("tanh(");
    assertThat(CountingNeurons.counts(op)).isEqualTo(!isLong && !condition.contains("sigmoid"));
    if (CountingNeurons.counts(op)) {
      assertCounts(op, condition, expected);
    }
  }

  private static void assertCounts(NeuronOp op, String condition, float[] expected) {
    SpikeTotals totals = new SpikeTotals(SIZE);
    CountingNeurons counting = new CountingNeurons(op, 1, TileParameters.NONE);
    counting.run(STEPS, NeuronBuffers.totals(source(), totals, 0));
    int[] counts = new int[SIZE];
    for (int i = 0; i < X.length; i++) {
      counts[i % SIZE] += (int) expected[i];
    }
    assertThat(totals.counts()).as(condition).isEqualTo(counts);
  }

  /** Operations that IEEE 754 and Java define alike, by Java's own. */
  @Test
  void operationsAreThoseOfJava() {
    List<String> functions =
        List.of("sqrt(x)", "abs(x)", "floor(x)", "rint(x)", "min(x, 0.7)", "max(x, 0)", "x / 3");
    for (String function : functions) {
      NeuronModel model = NeuronModel.parse(parameters() + "  output y = " + function + "\n");
      float[] found = numbers(new VectorNeurons(op(model), 1, TileParameters.NONE));
      for (int i = 0; i < X.length; i++) {
        float x = X[i];
        double wanted =
            switch (function) {
              case "sqrt(x)" -> (float) Math.sqrt(x);
              case "abs(x)" -> Math.abs(x);
              case "floor(x)" -> Math.floor(x);
              case "rint(x)" -> Math.rint(x);
              case "min(x, 0.7)" -> Math.min(x, 0.7f);
              case "max(x, 0)" -> Math.max(x, 0f);
              default -> x / 3f;
            };
        same(function, i, (float) wanted, found[i]);
      }
    }
  }

  /** One for which dividing is multiplying, one for which it is not. */
  private static String parameters() {
    return "model alone\n  parameter k = 0.7, p = 0.25\n";
  }

  private static NeuronOp op(NeuronModel model) {
    NeuronOperation neurons = new NeuronOperation(model, Map.of());
    return new NeuronOp("a", "a", neurons, Shape.of(SIZE), List.of(0), 1, List.of(), Map.of());
  }

  private static List<NeuronBuffers.Source> source() {
    return List.of(new NeuronBuffers.Source(X, 0, SIZE));
  }

  private static float[] numbers(NeuronKernel kernel) {
    kernel.load(new Tensor[0]);
    float[] out = new float[X.length];
    kernel.run(STEPS, NeuronBuffers.floats(source(), out, 0, new float[0][], 0));
    return out;
  }

  private static float[] definition(NeuronModel model) {
    float[] all = model.constants(model.defaults());
    float[][] constants = new float[all.length][];
    Arrays.setAll(constants, k -> new float[] {all[k]});
    float[] out = new float[X.length];
    float[][] none = new float[0][];
    new StepEvaluator(model.program())
        .step(X.length, X, 0, constants, 0, 0, none, 0, out, 0, null, 0);
    return out;
  }

  private static void same(String what, int i, float expected, float found) {
    if (Tensor.canonicalBits(expected) != Tensor.canonicalBits(found)) {
      throw new AssertionError(
          "%s for x = %s (%08x): expected %s, found %s"
              .formatted(what, X[i], Float.floatToRawIntBits(X[i]), expected, found));
    }
  }
}
