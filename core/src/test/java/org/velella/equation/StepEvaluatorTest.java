package org.velella.equation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

/**
 * The evaluator computes what the text says, operation by operation, however neurons are grouped.
 */
class StepEvaluatorTest {
  private static final float[] CORNERS = {
    0f,
    -0f,
    1f,
    -1f,
    0.5f,
    -0.5f,
    1.5f,
    2.5f,
    -2.5f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    8388609f,
    16777217f,
    1e-30f,
    1e30f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    Float.intBitsToFloat(0xffc12345)
  };

  private static float[] outputs(String expression, float... x) {
    StepProgram program = Equations.parse("model m\noutput y = " + expression).program();
    float[] out = new float[x.length];
    float[][] none = new float[0][];
    new StepEvaluator(program).step(x.length, x, 0, none, 0, 0, none, 0, out, 0, null, 0);
    return out;
  }

  private static int bits(float value) {
    return Float.floatToRawIntBits(value);
  }

  @Seeded(times = 300)
  void computesWhatJavaComputesInTheWrittenOrder(SplittableRandom random) {
    RandomExpression expression = RandomExpression.number(random, 4);
    float[] x = Arrays.copyOf(CORNERS, 40);
    for (int i = CORNERS.length; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(random.nextInt());
    }
    float[] out = outputs(expression.text(), x);
    for (int i = 0; i < x.length; i++) {
      int expected = Tensor.canonicalBits(expression.value().at(x[i]));
      assertThat(bits(out[i])).as("%s at %s", expression.text(), x[i]).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'trunc(x)', 2.7, 2",
    "'trunc(x)', -2.7, -2",
    "'trunc(x)', -0.5, -0.0",
    "'trunc(x)', -0.0, -0.0",
    "'trunc(x)', 0.0, 0.0",
    "'trunc(x)', Infinity, Infinity",
    "'trunc(x)', NaN, NaN",
    "'rint(x)', 0.5, 0.0",
    "'rint(x)', 1.5, 2",
    "'rint(x)', 2.5, 2",
    "'rint(x)', -0.5, -0.0",
    "'rint(x)', 16777215, 16777215",
    "'floor(x)', -0.0, -0.0",
    "'floor(x)', -0.25, -1",
    "'min(x, 0)', -0.0, -0.0",
    "'min(0, x)', -0.0, -0.0",
    "'max(x, 0)', -0.0, 0.0",
    "'min(x, 1)', NaN, NaN",
    "'max(1, x)', NaN, NaN",
    "'clamp(x, -1, 4)', 9, 4",
    "'clamp(x, -1, 4)', -9, -1",
    "'clamp(x, 0, 4)', NaN, NaN",
    "'clamp(x, 3, 2)', 5, 2",
    "'abs(x)', -0.0, 0.0",
    "'sqrt(x)', -0.0, -0.0",
    "'sqrt(x)', -1, NaN",
    "'where(x > 0, x, 7)', NaN, 7",
    "'where(x == x, 1, 0)', NaN, 0",
    "'where(x != x, 1, 0)', NaN, 1",
    "'where(not x <= 0, 1, 0)', NaN, 1",
    "'(x > 1) + (x > 2) * 10', 3, 11",
    "'where(x > 1 and x < 3 or x == 9, 1, 0)', 2, 1",
    "'where(x > 1 and x < 3 or x == 9, 1, 0)', 9, 1",
    "'where(x > 1 and x < 3 or x == 9, 1, 0)', 4, 0",
    "'x / 0', -0.0, NaN",
    "'x / 0', 1, Infinity",
    "'0x1.8p1 * x', 2, 6",
    "'-x^2', 3, -9",
    "'2 - x - 1', 4, -3",
    "'x * x / x', 1e30, Infinity",
    "'x + 1 - x', 16777216, 0",
    "'fma(x, x, -1)', 1.0000001, 2.3841858E-7",
    "'where(x > 0, x * 0, 5)', Infinity, NaN",
    "'where(x < 0, x * 0, 5)', Infinity, 5"
  })
  void operationsAreDefinedOnSpecialValues(String expression, float x, float expected) {
    assertThat(bits(outputs(expression, x)[0])).isEqualTo(bits(expected));
  }

  @Test
  void literalsAreRoundedOnceFromFloat64() {
    // Between two float32 neighbours of 1, a hair above the midpoint in decimal, on it in float64.
    assertThat(outputs("1.00000005960464477540", 0)[0]).isEqualTo(1f);
    assertThat(outputs("1.000000059604645", 0)[0]).isEqualTo(Math.nextUp(1f));
  }

  private static final String COUPLED =
      """
      model coupled
        parameter a = 1, b = 2
        memory v = 0
        memory w = 1
        charge h = v * a + x * b + w
        fire s = h >= 4
        reset v = where(s, w, h)
        reset w = where(s, h, w / b)
      """;

  /** One run of all neurons over some steps. */
  private record Run(float[][] out, float[][] memories, float[][] recorded) {}

  /** Steps {@code n} neurons in groups; group g covers neurons [cuts[g], cuts[g + 1]). */
  private static Run run(float[][] x, float[][] constants, int stride, int... cuts) {
    StepProgram program = Equations.parse(COUPLED).program();
    StepEvaluator evaluator = new StepEvaluator(program, program.variables().get("h"));
    int n = cuts[cuts.length - 1];
    float[][] memories = new float[2][n + 3];
    Arrays.fill(memories[1], 1);
    float[][] out = new float[x.length][n + 1];
    float[][] recorded = new float[x.length][n + 2];
    for (int t = 0; t < x.length; t++) {
      for (int g = 0; g + 1 < cuts.length; g++) {
        int from = cuts[g];
        float[][] record = {recorded[t]};
        evaluator.step(
            cuts[g + 1] - from,
            x[t],
            from,
            constants,
            stride == 0 ? 0 : from,
            stride,
            memories,
            from + 3,
            out[t],
            from + 1,
            record,
            from + 2);
      }
    }
    return new Run(out, memories, recorded);
  }

  private static float[][] inputs(SplittableRandom random, int steps, int n) {
    float[][] x = new float[steps][n];
    for (float[] row : x) {
      for (int i = 0; i < n; i++) {
        row[i] = (float) random.nextDouble(-2, 4);
      }
    }
    return x;
  }

  @Seeded(times = 5)
  void groupingOfNeuronsDoesNotChangeABit(SplittableRandom random) {
    int n = 700;
    float[][] x = inputs(random, 6, n);
    float[][] constants = {{0.9f}, {1.1f}};
    Run whole = run(x, constants, 0, 0, n);
    Run cut = run(x, constants, 0, 0, 1, 7, 263, 264, 520, n);
    assertThat(cut.out).isDeepEqualTo(whole.out);
    assertThat(cut.memories).isDeepEqualTo(whole.memories);
    assertThat(cut.recorded).isDeepEqualTo(whole.recorded);
  }

  @Seeded(times = 5)
  void constantsPerNeuronGiveTheBitsOfSeparateRuns(SplittableRandom random) {
    int n = 300;
    float[][] x = inputs(random, 5, n);
    float[][] constants = new float[2][n];
    for (int i = 0; i < n; i++) {
      constants[0][i] = (float) random.nextDouble();
      constants[1][i] = 1 + (float) random.nextDouble();
    }
    Run together = run(x, constants, 1, 0, n);
    for (int i : new int[] {0, 1, 255, 256, n - 1}) {
      float[][] own = new float[x.length][];
      for (int t = 0; t < own.length; t++) {
        own[t] = new float[] {x[t][i]};
      }
      Run alone = run(own, new float[][] {{constants[0][i]}, {constants[1][i]}}, 0, 0, 1);
      for (int t = 0; t < own.length; t++) {
        assertThat(bits(together.out[t][i + 1])).isEqualTo(bits(alone.out[t][1]));
        assertThat(bits(together.recorded[t][i + 2])).isEqualTo(bits(alone.recorded[t][2]));
      }
      assertThat(bits(together.memories[0][i + 3])).isEqualTo(bits(alone.memories[0][3]));
    }
  }

  @Test
  void constantsThatChangeBetweenCallsAreRead() {
    StepProgram program = Equations.parse("model m\nparameter a = 1\noutput y = a + x").program();
    StepEvaluator evaluator = new StepEvaluator(program);
    float[] out = new float[3];
    float[][] none = new float[0][];
    float[] one = {1};
    evaluator.step(1, one, 0, new float[][] {{5}}, 0, 0, none, 0, out, 0, null, 0);
    evaluator.step(1, one, 0, new float[][] {{7, 8}}, 1, 0, none, 0, out, 1, null, 0);
    evaluator.step(1, one, 0, new float[][] {{9}}, 0, 1, none, 0, out, 2, null, 0);
    assertThat(out).containsExactly(6, 9, 10);
    evaluator.step(1, one, 0, new float[][] {{9}}, 0, 0, none, 0, out, 0, null, 0);
    assertThat(out[0]).isEqualTo(10);
  }

  @Test
  void outputMayReplaceTheInput() {
    StepProgram program = Equations.parse("model m\noutput y = x * 2 + x").program();
    float[] values = new float[600];
    Arrays.fill(values, 1.5f);
    float[][] none = new float[0][];
    new StepEvaluator(program).step(600, values, 0, none, 0, 0, none, 0, values, 0, null, 0);
    assertThat(values).containsOnly(4.5f);
  }

  @Test
  void namesHaveTheValueGivenLast() {
    StepProgram program =
        Equations.parse(
                """
                model order
                  memory v = 0
                  fire early = v >= 1
                  charge v = v + x
                  charge seen = v
                  reset v = v * 10
                  output y = seen + early * 100
                """)
            .program();
    StepEvaluator evaluator = new StepEvaluator(program);
    float[][] memories = {{0}};
    float[] out = new float[1];
    evaluator.step(1, new float[] {2}, 0, new float[0][], 0, 0, memories, 0, out, 0, null, 0);
    assertThat(out[0]).isEqualTo(2);
    assertThat(memories[0][0]).isEqualTo(20);
    evaluator.step(1, new float[] {1}, 0, new float[0][], 0, 0, memories, 0, out, 0, null, 0);
    assertThat(out[0]).isEqualTo(121);
    assertThat(program.variables()).containsKeys("x", "v", "early", "seen", "y");
  }

  @Test
  void nansAreWrittenInOneForm() {
    StepProgram program =
        Equations.parse("model m\nmemory v = 0\nreset v = -x\noutput y = x").program();
    float odd = Float.intBitsToFloat(0x7fc12345);
    float[][] memories = {{0}};
    float[] out = {0};
    float[][] recorded = {{0}};
    new StepEvaluator(program, program.variables().get("x"))
        .step(1, new float[] {odd}, 0, new float[0][], 0, 0, memories, 0, out, 0, recorded, 0);
    assertThat(bits(memories[0][0])).isEqualTo(0x7fc00000);
    assertThat(bits(out[0])).isEqualTo(0x7fc00000);
    assertThat(bits(recorded[0][0])).isEqualTo(0x7fc00000);
  }

  @ParameterizedTest
  @CsvSource({
    "'fire s = x > 1', true, true",
    "'fire s = trunc(x / 2)', true, false",
    "'fire s = where(x > 1, floor(x), 0)', true, false",
    "'fire s = x > 1 and x < 2', true, true",
    "'fire s = (x > 1) + (x > 2)', true, false",
    "'output y = (x > 1) * 0.5', false, false",
    "'output y = x', false, false",
    "'output y = not x > 1', true, true"
  })
  void saysWhetherTheOutputCountsSpikes(String line, boolean spikes, boolean binary) {
    StepProgram program = Equations.parse("model m\n" + line).program();
    assertThat(program.spikes()).isEqualTo(spikes);
    assertThat(program.binaryOutput()).isEqualTo(binary);
  }
}
