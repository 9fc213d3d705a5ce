package org.velella.equation;

import java.util.List;
import java.util.Map;

/**
 * Expressions of parameters and derived values in float64, as a tree of closures over an array of
 * values. Functions are those of StrictMath, so the result is the same everywhere.
 */
final class Float64 {
  /** An expression bound to the places of its names. */
  @FunctionalInterface
  interface Value {
    double at(double[] values);
  }

  private final Map<String, Integer> places;

  private Float64(Map<String, Integer> places) {
    this.places = places;
  }

  /** Binds an expression; every name in it has a place in the array of values. */
  static Value bind(Expression expression, Map<String, Integer> places) {
    return new Float64(places).bind(expression);
  }

  private Value bind(Expression expression) {
    if (expression instanceof Expression.Number number) {
      double value = number.value();
      return values -> value;
    }
    if (expression instanceof Expression.Name name) {
      int place = places.get(name.name());
      return values -> values[place];
    }
    Expression.Apply apply = (Expression.Apply) expression;
    List<Expression> operands = apply.operands();
    Value a = bind(operands.get(0));
    Value b = operands.size() > 1 ? bind(operands.get(1)) : a;
    Value c = operands.size() > 2 ? bind(operands.get(2)) : a;
    if (apply.operator() == Operator.WHERE) {
      return values -> a.at(values) != 0 ? b.at(values) : c.at(values);
    }
    Operator operator = apply.operator();
    return values -> apply(operator, a.at(values), b.at(values), c.at(values));
  }

  private static double apply(Operator operator, double a, double b, double c) {
    return switch (operator) {
      case OR -> truth(a != 0 || b != 0);
      case AND -> truth(a != 0 && b != 0);
      case NOT -> truth(a == 0);
      case GREATER -> truth(a > b);
      case GREATER_EQUAL -> truth(a >= b);
      case LESS -> truth(a < b);
      case LESS_EQUAL -> truth(a <= b);
      case EQUAL -> truth(a == b);
      case NOT_EQUAL -> truth(a != b);
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case NEG -> -a;
      case POWER -> power(a, (int) b);
      case WHERE -> a != 0 ? b : c;
      case FMA -> Math.fma(a, b, c);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case CLAMP -> Math.min(Math.max(a, b), c);
      case ABS -> Math.abs(a);
      case SQRT -> Math.sqrt(a);
      case EXP -> StrictMath.exp(a);
      case LOG -> StrictMath.log(a);
      case TANH -> StrictMath.tanh(a);
      case SIGMOID -> 1 / (1 + StrictMath.exp(-a));
      case FLOOR -> Math.floor(a);
      case RINT -> Math.rint(a);
      case TRUNC -> a > 0 ? Math.floor(a) : Math.ceil(a);
    };
  }

  private static double truth(boolean condition) {
    return condition ? 1 : 0;
  }

  private static double power(double base, int exponent) {
    double product = base;
    for (int i = 1; i < exponent; i++) {
      product *= base;
    }
    return product;
  }
}
