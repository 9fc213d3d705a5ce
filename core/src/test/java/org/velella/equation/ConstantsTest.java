package org.velella.equation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Defaults, derived values, initial memories and conditions of a model. */
class ConstantsTest {
  private static final String LEAKY =
      """
      model leaky
        parameter dt = 1e-4, tau = 25 * dt
        require dt > 0
        require tau >= dt
        derive k = dt / tau
        derive decay = exp(-k)
        derive32 third = dt / tau / 3
        memory v = -tau * 2
        charge v = decay * v + k * x + third
        output y = v
      """;

  @Test
  void defaultsAreFloat64ExpressionsOfEarlierParameters() {
    Equations equations = Equations.parse(LEAKY);
    assertThat(equations.parameters()).containsExactly("dt", "tau");
    assertThat(equations.defaults()).containsExactly(1e-4, 25 * 1e-4);
  }

  @Test
  void derivedValuesAreRoundedOnceFromFloat64() {
    Equations equations = Equations.parse(LEAKY);
    assertThat(equations.program().constants()).containsExactly("decay", "k", "third");
    double dt = 1e-4;
    double tau = 2.5e-3;
    float[] constants = equations.constants(new double[] {dt, tau});
    assertThat(constants[0]).isEqualTo((float) StrictMath.exp(-(dt / tau)));
    assertThat(constants[1]).isEqualTo((float) (dt / tau));
  }

  @Test
  void derive32RoundsAfterEachOperation() {
    double dt = 1e-4;
    double tau = 3.5e-3;
    float found = Equations.parse(LEAKY).constants(new double[] {dt, tau})[2];
    assertThat(found).isEqualTo((float) dt / (float) tau / 3f);
    assertThat(found).isNotEqualTo((float) (dt / tau / 3));
  }

  @Test
  void derive32UsesTheFunctionsOfTheStep() {
    Equations equations =
        Equations.parse(
            """
            model m
              parameter w = 1.327
              derive32 rate = sigmoid(w)
              output y = where(x > 0, sigmoid(w), rate)
            """);
    float[] values = equations.constants(equations.defaults());
    float[][] constants = {{values[0]}, {values[1]}};
    float[] out = new float[2];
    new StepEvaluator(equations.program())
        .step(2, new float[] {1, -1}, 0, constants, 0, 0, new float[0][], 0, out, 0, null, 0);
    assertThat(out[0]).isEqualTo(out[1]).isBetween(0.79f, 0.80f);
  }

  @Test
  void derivedValuesFeedEachOtherUnrounded() {
    Equations equations =
        Equations.parse(
            """
            model m
              parameter a = 0.1
              derive b = a * a
              derive c = b * 1e8 - 1e6
              output y = c + x
            """);
    assertThat(equations.constants(new double[] {0.1}))
        .containsExactly((float) (0.1 * 0.1 * 1e8 - 1e6));
  }

  @Test
  void initialMemoriesAreComputedInFloat64() {
    Equations equations = Equations.parse(LEAKY);
    double[] values = {1e-4, 0.1};
    assertThat(equations.initialValues(values)).containsExactly(-0.2);
    assertThat(equations.initialMemories(values)).containsExactly(-0.2f);
  }

  @Test
  void whatInitialMemoriesReadIsKnownThroughDerivedValues() {
    assertThat(Equations.parse(LEAKY).initialParameters()).containsExactly("tau");
    Equations derived =
        Equations.parse(
            """
            model derived
              parameter a = 1, b = 2, c = 3
              derive d = a + b
              memory v = 0, w = d * 2
              charge v = v + c * x
              output y = v + w
            """);
    assertThat(derived.initialParameters()).containsExactly("a", "b");
    Equations none =
        Equations.parse(
            """
            model none
              parameter a = 1
              memory v = 0.5
              charge v = v + a * x
              output y = v
            """);
    assertThat(none.initialParameters()).isEmpty();
  }

  @Test
  void conditionsSayWhatTheyReadAndWhetherTheyHold() {
    Equations equations =
        Equations.parse(
            """
            model m
              parameter a = 1, b = 2
              derive c = a + b
              require c > 0, a < 5 and not b == 3
              output y = x * a * b
            """);
    assertThat(equations.requirements())
        .extracting(Requirement::text)
        .containsExactly("c > 0", "a < 5 and not b == 3");
    Requirement sum = equations.requirements().get(0);
    assertThat(sum.parameters()).containsExactly("a", "b");
    assertThat(sum.holds(new double[] {1, 2})).isTrue();
    assertThat(sum.holds(new double[] {1, -2})).isFalse();
    assertThat(equations.requirements().get(1).holds(new double[] {1, 3})).isFalse();
  }

  @Test
  void constantsThatFloat32CannotHoldAreRefusedByName() {
    Equations equations = Equations.parse(LEAKY);
    assertThatThrownBy(() -> equations.constants(new double[] {1, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'k' of neuron model 'leaky' is Infinity, not a finite float32, for dt = 1.0, tau = 0.0");
    assertThatThrownBy(() -> equations.constants(new double[] {1}))
        .hasMessageContaining("2 parameters [dt, tau], found 1 values");
  }
}
