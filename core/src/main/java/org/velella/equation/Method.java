package org.velella.equation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How differential equations become a step.
 *
 * @param kind the rule
 * @param substeps steps of equal length that one step is made of
 */
record Method(Kind kind, int substeps) {
  static final int MOST_SUBSTEPS = 64;

  /** A rule, by its word in texts. */
  enum Kind {
    EULER("euler"),
    EXPONENTIAL_EULER("exponential_euler"),
    EXACT("exact"),
    MIDPOINT("midpoint"),
    RK4("rk4");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    static List<String> words() {
      return Arrays.stream(values()).map(Kind::word).toList();
    }
  }

  static Method of(Kind kind) {
    return new Method(kind, 1);
  }

  /** The rule of a word, or null. */
  static Kind kind(String word) {
    return Arrays.stream(Kind.values())
        .filter(each -> each.word.equals(word))
        .findFirst()
        .orElse(null);
  }

  static String known() {
    return Kind.words().stream().collect(Collectors.joining(", "));
  }

  /** As a text says it. */
  String text() {
    return kind.word + (substeps == 1 ? "" : " substeps " + substeps);
  }
}
