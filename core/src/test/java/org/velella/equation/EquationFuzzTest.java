package org.velella.equation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.velella.testkit.Fuzz;
import org.velella.testkit.Seeded;

/** No text, however damaged, does anything but parse or raise an EquationException with a place. */
class EquationFuzzTest {
  private static final String[] WORDS = {
    "model",
    "input",
    "parameter",
    "require",
    "derive",
    "derive32",
    "memory",
    "charge",
    "fire",
    "reset",
    "output",
    "x",
    "v",
    "h",
    "s",
    "m",
    "tau",
    "and",
    "or",
    "not",
    "where",
    "exp",
    "fma",
    "clamp",
    "(",
    ")",
    ",",
    "=",
    "+",
    "-",
    "*",
    "/",
    "^",
    ">",
    ">=",
    "==",
    "!=",
    "1",
    "0.5",
    "1e-3",
    "0x1p-3",
    "1e999",
    "\n",
    "\r\n",
    "\n",
    "#",
    " ",
    ".",
    "é",
    "\0",
    "\ud83d\ude00",
    "%s",
    "\\u0022"
  };
  private static final String LIF =
      """
      model lif
        parameter tau = 2, v_threshold = 1, v_reset = 0
        require tau > 1
        derive k = 1 / tau
        memory v = v_reset
        charge h = v + (x - (v - v_reset)) * k + exp(-x) * 0
        fire s = h >= v_threshold and not x < -100
        reset v = where(s, v_reset, h)
      """;

  private static void parseOrRefuse(String text) {
    try {
      Equations equations = Equations.parse(text);
      assertThat(Equations.parse(equations.text())).isEqualTo(equations);
    } catch (EquationException e) {
      assertThat(e.line()).as(text).isPositive();
      assertThat(e.column()).as(text).isPositive();
    }
  }

  @Seeded
  void randomWordsParseOrAreRefused(SplittableRandom random) {
    Fuzz.runTexts(() -> words(random), EquationFuzzTest::parseOrRefuse);
  }

  private static String words(SplittableRandom random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "model m\n" : "");
    int words = random.nextInt(40);
    for (int w = 0; w < words; w++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextBoolean() ? " " : "");
    }
    return text.toString();
  }

  @Seeded
  void randomCharactersParseOrAreRefused(SplittableRandom random) {
    Fuzz.runTexts(() -> characters(random), EquationFuzzTest::parseOrRefuse);
  }

  private static String characters(SplittableRandom random) {
    char[] text = new char[random.nextInt(60)];
    for (int c = 0; c < text.length; c++) {
      text[c] = (char) random.nextInt(random.nextBoolean() ? 128 : 65536);
    }
    return (random.nextBoolean() ? "model m\noutput y = " : "") + new String(text);
  }

  @Seeded
  void damagedModelsParseOrAreRefused(SplittableRandom random) {
    Fuzz.runTexts(() -> damaged(random), EquationFuzzTest::parseOrRefuse);
  }

  private static String damaged(SplittableRandom random) {
    StringBuilder text = new StringBuilder(LIF);
    int edits = 1 + random.nextInt(4);
    for (int e = 0; e < edits; e++) {
      int at = random.nextInt(text.length());
      String word = WORDS[random.nextInt(WORDS.length)];
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, word);
        case 2 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
        default -> text.delete(at, Math.min(text.length(), at + random.nextInt(30)));
      }
      text.append(text.length() == 0 ? " " : "");
    }
    return text.toString();
  }
}
