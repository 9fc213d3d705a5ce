package org.velella.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleRuleTest {
  @Test
  void rulesHaveTexts() {
    assertThat(ScaleRule.parse("max")).isEqualTo(ScaleRule.MAX);
    assertThat(ScaleRule.parse("99.9%")).isEqualTo(ScaleRule.percentile(99.9));
    assertThat(ScaleRule.parse("1/2")).isEqualTo(ScaleRule.fraction(0.5));
    assertThat(ScaleRule.parse("0.25")).isEqualTo(ScaleRule.fraction(0.25));
    assertThat(ScaleRule.parse("1")).isEqualTo(ScaleRule.fraction(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "most", "0%", "101%", "%", "0", "-1/2", "3/2", "1/0", "1/2/3", "NaN"})
  void otherTextsAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ScaleRule.parse(text));
  }
}
