package org.velella.encoding;

import org.velella.equation.Equations;
import org.velella.equation.StepEvaluator;

/**
 * The larger the input, the earlier the one spike of a cycle. Linear: at step {@code rint((T - 1) *
 * (1 - x))}. Logarithmic: at {@code rint(T - 1 - log(a * x + 1))} with {@code a = e^(T - 1) - 1}.
 * Both in float32, in the written order; rint rounds halves to even.
 *
 * @param steps T, from 1 to {@value #MOST_STEPS}
 * @param counting what the memory {@code t} counts
 */
public record LatencyOperation(int steps, Curve curve, Counting counting)
    implements CycleOperation {
  /** How latency follows the input. */
  public enum Curve {
    LINEAR,
    LOGARITHMIC
  }

  /** With more steps, {@code e^(T - 1)} would be no float32 number. */
  public static final int MOST_STEPS = 89;

  private static final Equations LINEAR =
      Equations.parse(
          """
          model linear_latency
            parameter last = 1
            memory code = 0
            charge code = rint(last * (1 - x))
            output y = code
          """);
  private static final Equations LOGARITHMIC =
      Equations.parse(
          """
          model logarithmic_latency
            parameter last = 1
            derive a = exp(last) - 1
            memory code = 0
            charge code = rint(last - log(a * x + 1))
            output y = code
          """);

  public LatencyOperation {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new IllegalArgumentException(
          "A latency encoder takes from 1 to %d steps, found %d".formatted(MOST_STEPS, steps));
    }
  }

  /** One whose memory {@code t} is the place in the cycle. */
  public LatencyOperation(int steps, Curve curve) {
    this(steps, curve, Counting.CYCLE);
  }

  @Override
  public LatencyOperation ofSteps(int length) {
    return new LatencyOperation(length, curve, counting);
  }

  @Override
  public LatencyOperation counting(Counting way) {
    return new LatencyOperation(steps, curve, way);
  }

  @Override
  public String kind() {
    return "LatencyEncoder";
  }

  @Override
  public float greatest() {
    return 1;
  }

  @Override
  public void encode(int n, float[] x, int at, float[] code, int codeAt) {
    Equations equations = curve == Curve.LINEAR ? LINEAR : LOGARITHMIC;
    float[] constants = equations.constants(new double[] {steps - 1});
    float[][] values = new float[constants.length][];
    for (int k = 0; k < values.length; k++) {
      values[k] = new float[] {constants[k]};
    }
    StepEvaluator evaluator = new StepEvaluator(equations.program());
    float[][] memories = {code};
    evaluator.step(n, x, at, values, 0, 0, memories, codeAt, code, codeAt, new float[0][], 0);
  }

  @Override
  public boolean fires(float code, int place) {
    return code == place;
  }
}
