package org.velella.equation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.Seeded;

/** The canonical text says the same as the text that was read, and is a fixed point. */
class EquationTextTest {
  private static String canonical(String expression) {
    String text = Equations.parse("model m\noutput y = " + expression).text();
    assertThat(text).startsWith("model m\n  output y = ").endsWith("\n");
    return text.substring("model m\n  output y = ".length(), text.length() - 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x+x*x                    | x + x * x
          (x+x)*x                  | (x + x) * x
          x+(x*x)                  | x + x * x
          x-(x-x)                  | x - (x - x)
          (x-x)-x                  | x - x - x
          x/(x*x)                  | x / (x * x)
          -(x+x)                   | -(x + x)
          -x^2                     | -x^2
          (-x)^2                   | (-x)^2
          (-2)^2                   | (-2)^2
          - - 1.50                 | 1.5
          x - -1                   | x - -1
          (x>1)==(x<2)             | (x > 1) == (x < 2)
          not (x>1 and x<2)        | not (x > 1 and x < 2)
          (not x>1) or x<2         | not x > 1 or x < 2
          where((x>1),(x), 0.25e1) | where(x > 1, x, 2.5)
          """)
  void printsTheFewestParentheses(String written, String expected) {
    assertThat(canonical(written)).isEqualTo(expected);
  }

  @Test
  void inputsStandFirstAndOnlyWhereTheyAreNotTheUsualOne() {
    Equations two = Equations.parse("model m\n input exc, inh # both\n output y = exc - inh");
    assertThat(two.text()).isEqualTo("model m\n  input exc\n  input inh\n  output y = exc - inh\n");
    assertThat(two.program().inputs()).containsExactly("exc", "inh");
    assertThat(Equations.parse(two.text()).program()).isEqualTo(two.program());
    Equations usual = Equations.parse("model m\ninput x\noutput y = x");
    assertThat(usual.text()).isEqualTo("model m\n  output y = x\n");
    assertThat(usual.program().inputs()).containsExactly("x");
  }

  @Test
  void inputIsANameLikeAnyOtherWhereNoLineBegins() {
    assertThat(Equations.parse("model m\nparameter input = 2\noutput y = x * input").parameters())
        .containsExactly("input");
    assertThat(Equations.parse("model m\ninput input\noutput y = -input").program().inputs())
        .containsExactly("input");
  }

  @ParameterizedTest
  @CsvSource({
    "2.0, 2",
    "0.10, 0.1",
    "1e-4, 0.0001",
    "1e-7, 1e-7",
    "1.5E+20, 1.5e20",
    "0x1p-3, 0.125",
    "123456789, 123456789",
    "0.30000000000000004, 0.30000000000000004",
    "-0.0, -0",
    "2.50e-30, 2.5e-30"
  })
  void printsNumbersByTheirFewestDigits(String written, String expected) {
    assertThat(canonical(written)).isEqualTo(expected);
  }

  @Seeded
  void everyNumberReadsBackAsItself(SplittableRandom random) {
    for (int i = 0; i < 1000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(Printer.number(value))).isEqualTo(value);
      }
    }
  }

  @Seeded(times = 20)
  void canonicalTextIsAFixedPoint(SplittableRandom random) {
    RandomExpression expression = RandomExpression.number(random, 5);
    String once = canonical(expression.text());
    assertThat(canonical(once)).isEqualTo(once);
    assertThat(Equations.parse("model m\noutput y = " + once).program())
        .isEqualTo(Equations.parse("model m\noutput y = " + expression.text()).program());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model m\nparameter a=1,b = a*2 # defaults\n\n  fire s=x>a+b",
        "model m\r\n  parameter a = 1\r  parameter b = a * 2\n  fire s = x > a + b\n"
      })
  void layoutAndCommentsDoNotMatter(String text) {
    assertThat(Equations.parse(text).text())
        .isEqualTo(
            """
            model m
              parameter a = 1
              parameter b = a * 2
              fire s = x > a + b
            """);
    assertThat(Equations.parse(text)).isEqualTo(Equations.parse(Equations.parse(text).text()));
  }
}
