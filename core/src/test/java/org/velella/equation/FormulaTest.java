package org.velella.equation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FormulaTest {
  @Test
  void computesInFloat64() {
    Formula formula = Formula.parse("a * exp(-t / tau) + b ^ 3", List.of("a", "b", "t", "tau"));
    assertThat(formula.value(0.1, 0.2, 0.3, 0.4))
        .isEqualTo(0.1 * StrictMath.exp(-0.3 / 0.4) + 0.2 * 0.2 * 0.2);
    assertThat(formula.isCondition()).isFalse();
    assertThat(formula.reads("tau")).isTrue();
    assertThat(Formula.parse("a + 1", List.of("a", "b")).reads("b")).isFalse();
    assertThat(Formula.parse("( a+1 )*2", List.of("a")))
        .hasToString(Formula.parse("(a + 1) * 2.0", List.of("a")).toString());
  }

  @Test
  void conditionsAreOneOrZero() {
    Formula formula = Formula.parse("rate > 200 and not (step < 10)", List.of("rate", "step"));
    assertThat(formula.isCondition()).isTrue();
    assertThat(formula.value(201, 10)).isEqualTo(1);
    assertThat(formula.value(200, 10)).isZero();
    assertThat(formula.value(201, 9)).isZero();
  }

  @Test
  void whatItCannotReadIsNamed() {
    assertThatThrownBy(() -> Formula.parse("rat > 200", List.of("rate", "step")))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining("found 'rat'")
        .hasMessageContaining("rate, step");
    assertThatThrownBy(() -> Formula.parse("rate > 200 rate", List.of("rate")))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining("end of the text");
    assertThatThrownBy(() -> Formula.parse("", List.of("rate")))
        .isInstanceOf(EquationException.class);
    assertThatThrownBy(() -> Formula.parse("x + 1", List.of("rate")))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining("found 'x'");
    assertThatThrownBy(() -> Formula.parse("rate and 1.5", List.of("rate")))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining("'and' needs a condition");
    Formula one = Formula.parse("rate", List.of("rate"));
    assertThatThrownBy(() -> one.value()).isInstanceOf(IllegalArgumentException.class);
  }
}
