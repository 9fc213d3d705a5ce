package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class SecondsTest {
  @Test
  void aTimeMayHaveAUnit() {
    assertThat(new Seconds().convert("1e-4")).isEqualTo(1e-4);
    assertThat(new Seconds().convert("0.1 ms")).isEqualTo(1e-4);
    assertThatThrownBy(() -> new Seconds().convert("0.1 mV"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("a potential; wanted is a time");
    assertThatThrownBy(() -> new Seconds().convert("soon"))
        .hasMessageContaining("not a number such as");
  }
}
