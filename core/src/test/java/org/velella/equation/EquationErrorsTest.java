package org.velella.equation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault of a text is reported where it is, with what was found and what is allowed. */
class EquationErrorsTest {
  private static Arguments fault(String text, int line, int column, String... parts) {
    return Arguments.of(text, line, column, parts);
  }

  static Stream<Arguments> words() {
    return Stream.of(
        fault("", 1, 1, "the end of the text", "begins with 'model NAME'"),
        fault("# only a comment\n", 2, 1, "the end of the text"),
        fault("neuron lif", 1, 1, "'neuron'", "begins with 'model NAME'"),
        fault("model", 1, 6, "the end of the text", "needs a name"),
        fault("model 7", 1, 7, "'7'", "letters, digits and _"),
        fault("model exp", 1, 7, "'exp'", "meaning of its own"),
        fault("model m memory v = 0", 1, 9, "'memory'", "the end of the line"),
        fault("model m\n  voltage v = 0", 2, 3, "'voltage'", "parameter, require, derive"),
        fault("model m\r\n\r\n  7", 3, 3, "'7'", "one of input, parameter"),
        fault("model m\nfire s x > 1", 2, 8, "'x'", "expected '='"),
        fault("model m\nfire and = x > 1", 2, 6, "'and'", "cannot be a name"),
        fault("model m\nfire s = x > 1 x", 2, 16, "'x'", "the end of the line"),
        fault("model m\nfire s = x ? 1", 2, 12, "the character '?'", "+ - * / ^"),
        fault("model m\nfire s = ü > 1", 2, 10, "U+00FC", "letters, digits"),
        fault("model m\nfire s = x > 1 \0", 2, 16, "U+0000"),
        fault("model m\noutput y = x = 1", 2, 14, "'='", "the end of the line"),
        fault("model m\noutput y = x ! 1", 2, 14, "the character '!'"),
        fault("model m\noutput y = " + "a".repeat(65), 2, 12, "65 characters", "at most 64"));
  }

  static Stream<Arguments> inputs() {
    String many = IntStream.range(10, 27).mapToObj(i -> "a" + i).collect(Collectors.joining(","));
    return Stream.of(
        fault("model m\ninput", 2, 6, "the end of the text", "'input' needs a name"),
        fault("model m\ninput exp", 2, 7, "meaning of its own"),
        fault("model m\ninput a = 1", 2, 9, "'='", "the end of the line or ','"),
        fault("model m\ninput a, a", 2, 10, "'a' is an input already"),
        fault("model m\nmemory v = 0\ninput a", 3, 1, "before all others"),
        fault("model m\ninput " + many, 2, 7 + 16 * 4, "16 inputs at most"));
  }

  static Stream<Arguments> expressions() {
    return Stream.of(
        fault("model m\noutput y =", 2, 11, "the end of the text", "a number, a name"),
        fault("model m\noutput y = (x", 2, 14, "the end of the text", "expected ')'"),
        fault("model m\noutput y = x +\n", 2, 15, "the end of the line", "a number, a name"),
        fault("model m\noutput y = x * / x", 2, 16, "'/'"),
        fault("model m\noutput y = 1.2.3", 2, 12, "'1.2.3'", "not a number"),
        fault("model m\noutput y = 2x", 2, 12, "'2x'", "not a number"),
        fault("model m\noutput y = 0x1.8", 2, 12, "'0x1.8'", "0x1.8p-2"),
        fault("model m\noutput y = 1e", 2, 12, "'1e'", "not a number"),
        fault("model m\noutput y = 1e999", 2, 12, "1e999", "float64 cannot hold"),
        fault("model m\noutput y = 1e39", 2, 12, "1e39", "float32 cannot hold"),
        fault("model m\noutput y = x + 1e-50", 2, 16, "1e-50", "float32 cannot hold"),
        fault("model m\noutput y = x ^ 0.5", 2, 16, "'0.5'", "whole number from 1 to 16"),
        fault("model m\noutput y = x ^ x", 2, 16, "'x'", "whole number from 1 to 16"),
        fault("model m\noutput y = x ^ 17", 2, 16, "'17'"),
        fault("model m\noutput y = pow(x, 2)", 2, 12, "'pow'", "functions are where, fma"),
        fault("model m\noutput y = exp", 2, 12, "'exp'", "arguments in parentheses"),
        fault("model m\noutput y = exp(x, x)", 2, 12, "2 arguments of 'exp'", "takes 1"),
        fault("model m\noutput y = fma(x, x)", 2, 12, "2 arguments of 'fma'", "takes 3"),
        fault("model m\noutput y = exp()", 2, 16, "')'", "a number, a name"),
        fault("model m\noutput y = 1 < x < 2", 2, 18, "'<'", "do not chain"),
        fault("model m\noutput y = " + "(".repeat(65), 2, 76, "deeper than 64"),
        fault("model m\noutput y = x" + " + x".repeat(64), 2, 266, "deeper than 64"),
        fault("model m\noutput y = " + "-".repeat(70) + "x", 2, 75, "deeper than 64"));
  }

  static Stream<Arguments> names() {
    return Stream.of(
        fault("model m\noutput y = q", 2, 12, "'q', which is not declared", "declared above: x"),
        fault("model m\nmemory x = 0", 2, 8, "'x' is already an input"),
        fault("model m\ninput a\nmemory a = 0", 3, 8, "'a' is already an input"),
        fault("model m\ninput a\noutput y = x", 3, 12, "'x', which is not", "declared above: a"),
        fault("model m\nmemory v = 0\nparameter v = 1", 3, 11, "'v' is already a memory"),
        fault("model m\ncharge h = x\ncharge h = x", 3, 8, "'h' is already a variable"),
        fault("model m\nmemory v = x", 2, 12, "'x', an input", "there is none"),
        fault(
            "model m\nparameter a = 1\nderive b = a\nparameter c = b",
            4,
            15,
            "'b', a derived value",
            "parameters declared above: a"),
        fault("model m\nderive k = a\nparameter a = 1", 2, 12, "'a', which is not declared"),
        fault("model m\nreset v = 0", 2, 7, "'reset' sets a memory, found 'v'", "[]"),
        fault("model m\nparameter a = 1\ncharge a = 2", 3, 8, "'a' is already a parameter"),
        fault("model m\nmemory v = 0\nfire v = x > 1", 3, 6, "'v' is already a memory"));
  }

  static Stream<Arguments> types() {
    return Stream.of(
        fault("model m\nfire s = x", 2, 10, "needs a condition", "trunc, floor or rint"),
        fault("model m\nfire s = x and x > 1", 2, 10, "'and' needs a condition", "a number"),
        fault("model m\nfire s = not x", 2, 14, "'not' needs a condition"),
        fault("model m\noutput y = where(x, 1, 2)", 2, 18, "'where' needs a condition"),
        fault("model m\nparameter a = 1\nrequire a", 3, 9, "'require' needs a condition"),
        fault("model m\nmemory v = 0\n", 3, 1, "0 'fire' lines and no 'output'"),
        fault("model m\nfire s = x > 1\nfire z = x > 2", 3, 6, "2 'fire' lines and no 'output'"),
        fault("model m\noutput y = x\noutput z = x", 3, 8, "a second 'output'", "'y'"),
        fault("model m\nderive32 k = 1e39\noutput y = k", 2, 14, "float32 cannot hold"));
  }

  @ParameterizedTest
  @MethodSource({"words", "inputs", "expressions", "names", "types"})
  void faultIsReportedWhereItIs(String text, int line, int column, String[] parts) {
    assertThatThrownBy(() -> Equations.parse(text))
        .isInstanceOfSatisfying(
            EquationException.class,
            e -> {
              assertThat(e.line()).as(e.getMessage()).isEqualTo(line);
              assertThat(e.column()).as(e.getMessage()).isEqualTo(column);
              assertThat(e.getMessage())
                  .startsWith("Equations, line " + line + ", column " + column + ": ")
                  .contains(parts);
            });
  }

  @Test
  void refusesTextsThatAreTooLong() {
    String text = "model m\noutput y = x" + " ".repeat(1 << 16);
    assertThatThrownBy(() -> Equations.parse(text)).hasMessageContaining("at most 65536 are read");
  }

  @Test
  void refusesTextsOfTooManyNodes() {
    StringBuilder text = new StringBuilder("model m\n");
    for (int i = 0; i < 1366; i++) {
      text.append("charge h").append(i).append(" = x + x\n");
    }
    assertThatThrownBy(() -> Equations.parse(text.toString()))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining("line 1367")
        .hasMessageContaining("more than 4096");
  }

  @Test
  void refusesStepsThatGrowTooLong() {
    StringBuilder text = new StringBuilder("model m\ncharge h0 = x\n");
    for (int i = 0; i < 600; i++) {
      text.append("charge h%d = tanh(h%d)\n".formatted(i + 1, i));
    }
    text.append("output y = h600");
    assertThatThrownBy(() -> Equations.parse(text.toString()))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining("16384 instructions");
  }
}
