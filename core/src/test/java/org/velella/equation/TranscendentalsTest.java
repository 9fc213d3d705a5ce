package org.velella.equation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** exp, log, tanh and sigmoid against StrictMath in float64, through all of float32. */
class TranscendentalsTest {
  /** Prime, so that all exponents and low bits come up; 260,000 inputs per function. */
  private static final int STRIDE = 16411;

  private static final int BLOCK = 4096;

  private static float[] outputs(String function, float[] x) {
    StepProgram program = Equations.parse("model m\noutput y = " + function + "(x)").program();
    float[] out = new float[x.length];
    float[][] none = new float[0][];
    new StepEvaluator(program).step(x.length, x, 0, none, 0, 0, none, 0, out, 0, null, 0);
    return out;
  }

  private static double truth(String function, double x) {
    return switch (function) {
      case "exp" -> StrictMath.exp(x);
      case "log" -> StrictMath.log(x);
      case "tanh" -> StrictMath.tanh(x);
      default ->
          x >= 0 ? 1 / (1 + StrictMath.exp(-x)) : StrictMath.exp(x) / (1 + StrictMath.exp(x));
    };
  }

  /** The distance in units of the last place of the rounded truth; infinite where kinds differ. */
  private static double error(double truth, float found) {
    float rounded = (float) truth;
    if (Float.compare(rounded, found) == 0) {
      return 0;
    }
    boolean comparable = Float.isFinite(rounded) && Float.isFinite(found);
    return comparable ? Math.abs(found - truth) / Math.ulp(rounded) : Double.POSITIVE_INFINITY;
  }

  @ParameterizedTest
  @CsvSource({"exp, 0.81", "log, 0.87", "tanh, 1.34", "sigmoid, 1.52"})
  void staysWithinItsDocumentedError(String function, double bound) {
    double worst = 0;
    float[] x = new float[BLOCK];
    for (long first = 0; first < 1L << 32; first += (long) STRIDE * BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        x[i] = Float.intBitsToFloat((int) Math.min(first + (long) i * STRIDE, 0xffffffffL));
      }
      float[] found = outputs(function, x);
      for (int i = 0; i < BLOCK; i++) {
        double error = error(truth(function, x[i]), found[i]);
        if (error > bound) {
          fail("%s(%s) = %s is %.3f ulp off".formatted(function, x[i], found[i], error));
        }
        worst = Math.max(worst, error);
      }
    }
    assertThat(worst).as("the bound is not slack").isGreaterThan(bound - 0.3);
  }

  @ParameterizedTest
  @CsvSource({
    "exp, 0.0, 1",
    "exp, -0.0, 1",
    "exp, Infinity, Infinity",
    "exp, -Infinity, 0.0",
    "exp, NaN, NaN",
    "exp, 88.72283, 3.4027985E38",
    "exp, 88.72284, Infinity",
    "exp, -103.97207, 1.4E-45",
    "exp, -103.97209, 0.0",
    "exp, -87.33655, 1.1754907E-38",
    "exp, 3.4028235E38, Infinity",
    "exp, -3.4028235E38, 0.0",
    "exp, 1.4E-45, 1",
    "log, 1, 0.0",
    "log, 0.0, -Infinity",
    "log, -0.0, -Infinity",
    "log, -1, NaN",
    "log, -1.4E-45, NaN",
    "log, Infinity, Infinity",
    "log, -Infinity, NaN",
    "log, NaN, NaN",
    "log, 1.4E-45, -103.27893",
    "log, 1.17549435E-38, -87.33655",
    "log, 3.4028235E38, 88.72284",
    "tanh, 0.0, 0.0",
    "tanh, -0.0, -0.0",
    "tanh, Infinity, 1",
    "tanh, -Infinity, -1",
    "tanh, NaN, NaN",
    "tanh, 20, 1",
    "tanh, -20, -1",
    "tanh, 1.4E-45, 1.4E-45",
    "tanh, -1.0E-39, -1.0E-39",
    "sigmoid, 0.0, 0.5",
    "sigmoid, -0.0, 0.5",
    "sigmoid, Infinity, 1",
    "sigmoid, -Infinity, 0.0",
    "sigmoid, NaN, NaN",
    "sigmoid, -100, 3.8E-44",
    "sigmoid, 100, 1"
  })
  void specialValuesAreRight(String function, float x, float expected) {
    float found = outputs(function, new float[] {x})[0];
    assertThat(Float.floatToRawIntBits(found)).isEqualTo(Float.floatToRawIntBits(expected));
  }
}
