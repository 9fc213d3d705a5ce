package org.velella.equation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One assignment or requirement of a model.
 *
 * @param name what is assigned; empty for a requirement
 */
record Statement(Kind kind, String name, Expression expression, Position at) {
  /** What a statement says, by its keyword. */
  enum Kind {
    /** A number that users set, with its default. */
    PARAMETER("parameter", "a parameter"),
    /** A condition on parameters. */
    REQUIRE("require", "a requirement"),
    /** A constant computed in float64 and rounded once. */
    DERIVE("derive", "a derived value"),
    /** A constant computed in float32, rounded after each operation. */
    DERIVE32("derive32", "a derived value"),
    /** A variable kept from step to step, with its initial value. */
    MEMORY("memory", "a memory"),
    /** Part of a step: a new variable, or a memory's new value. */
    CHARGE("charge", "a variable of the step"),
    /** Part of a step: a condition or whole number of spikes. */
    FIRE("fire", "a variable of the step"),
    /** Part of a step: a memory's new value. */
    RESET("reset", "a memory"),
    /** Part of a step: what the neuron sends on. */
    OUTPUT("output", "a variable of the step"),
    /** Part of an integration: a name for an expression, evaluated where equations are. */
    LET("let", "a name for equations only"),
    /** Part of an integration: what a memory changes by in a unit of time. */
    EQUATION("d…/dt", "a memory");

    private static final Map<String, Kind> BY_KEYWORD = byKeyword();

    private final String keyword;
    private final String noun;

    Kind(String keyword, String noun) {
      this.keyword = keyword;
      this.noun = noun;
    }

    String keyword() {
      return keyword;
    }

    String noun() {
      return noun;
    }

    /** Whether it is one of the lines that an integration is made of. */
    boolean isIntegrated() {
      return this == LET || this == EQUATION;
    }

    boolean inStep() {
      return compareTo(CHARGE) >= 0;
    }

    /** The kinds by keyword, in the order in which messages list them. */
    static Map<String, Kind> keywords() {
      return BY_KEYWORD;
    }

    private static Map<String, Kind> byKeyword() {
      Map<String, Kind> kinds = new LinkedHashMap<>();
      for (Kind kind : values()) {
        // Those of integrations are words where a line begins only.
        if (!kind.isIntegrated()) {
          kinds.put(kind.keyword, kind);
        }
      }
      return kinds;
    }
  }
}
