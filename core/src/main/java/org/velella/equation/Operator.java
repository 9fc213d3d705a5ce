package org.velella.equation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything an expression can compute: the closed list. Binary and unary operators have a
 * precedence; functions bind tightest.
 */
enum Operator {
  OR("or", 2, 1),
  AND("and", 2, 2),
  NOT("not", 1, 3),
  GREATER(">", 2, 4),
  GREATER_EQUAL(">=", 2, 4),
  LESS("<", 2, 4),
  LESS_EQUAL("<=", 2, 4),
  EQUAL("==", 2, 4),
  NOT_EQUAL("!=", 2, 4),
  ADD("+", 2, 5),
  SUB("-", 2, 5),
  MUL("*", 2, 6),
  DIV("/", 2, 6),
  NEG("-", 1, 7),
  /** A power with a whole literal exponent: a product from left to right. */
  POWER("^", 2, 8),
  WHERE("where", 3, Operator.FUNCTION),
  FMA("fma", 3, Operator.FUNCTION),
  MIN("min", 2, Operator.FUNCTION),
  MAX("max", 2, Operator.FUNCTION),
  CLAMP("clamp", 3, Operator.FUNCTION),
  ABS("abs", 1, Operator.FUNCTION),
  SQRT("sqrt", 1, Operator.FUNCTION),
  EXP("exp", 1, Operator.FUNCTION),
  LOG("log", 1, Operator.FUNCTION),
  TANH("tanh", 1, Operator.FUNCTION),
  SIGMOID("sigmoid", 1, Operator.FUNCTION),
  FLOOR("floor", 1, Operator.FUNCTION),
  RINT("rint", 1, Operator.FUNCTION),
  TRUNC("trunc", 1, Operator.FUNCTION);

  /** Precedence of a function call, a name or a number. */
  static final int FUNCTION = 9;

  /** The functions by name, in the order in which messages list them. */
  static final Map<String, Operator> FUNCTIONS = functions();

  private final String symbol;
  private final int arity;
  private final int precedence;

  Operator(String symbol, int arity, int precedence) {
    this.symbol = symbol;
    this.arity = arity;
    this.precedence = precedence;
  }

  String symbol() {
    return symbol;
  }

  int arity() {
    return arity;
  }

  int precedence() {
    return precedence;
  }

  boolean isFunction() {
    return precedence == FUNCTION;
  }

  boolean isComparison() {
    return precedence == GREATER.precedence;
  }

  private static Map<String, Operator> functions() {
    Map<String, Operator> byName = new LinkedHashMap<>();
    for (Operator operator : values()) {
      if (operator.isFunction()) {
        byName.put(operator.symbol, operator);
      }
    }
    return byName;
  }
}
