package org.velella.equation;

import java.util.List;
import java.util.Map;

/** Makes expressions of expressions. Null stands for 0 and vanishes. */
final class Terms {
  private final Position at;

  Terms(Position at) {
    this.at = at;
  }

  Expression number(double value) {
    return new Expression.Number(value, at);
  }

  Expression name(String name) {
    return new Expression.Name(name, at);
  }

  Expression apply(Operator operator, Expression... operands) {
    return new Expression.Apply(operator, List.of(operands), at);
  }

  Expression sum(Expression a, Expression b) {
    return a == null ? b : b == null ? a : apply(Operator.ADD, a, b);
  }

  Expression difference(Expression a, Expression b) {
    return b == null ? a : a == null ? negative(b) : apply(Operator.SUB, a, b);
  }

  Expression negative(Expression a) {
    if (a instanceof Expression.Number number) {
      return number(-number.value());
    }
    return a == null ? null : apply(Operator.NEG, a);
  }

  Expression product(Expression a, Expression b) {
    if (a == null || b == null) {
      return null;
    }
    if (isOne(a)) {
      return b;
    }
    return isOne(b) ? a : apply(Operator.MUL, a, b);
  }

  private static boolean isOne(Expression expression) {
    return expression instanceof Expression.Number number && number.value() == 1;
  }

  Expression quotient(Expression a, Expression b) {
    return a == null ? null : apply(Operator.DIV, a, b);
  }

  Expression choice(Expression condition, Expression a, Expression b) {
    if (a == null && b == null) {
      return null;
    }
    return apply(Operator.WHERE, condition, a == null ? number(0) : a, b == null ? number(0) : b);
  }

  /** {@code (e^z - 1) / z}, by its series where |z| is below {@code near}. */
  Expression growth(Expression z, double near, int terms) {
    double factorial = 1;
    for (int k = 2; k <= terms + 1; k++) {
      factorial *= k;
    }
    Expression series = number(1 / factorial);
    for (int k = terms; k >= 1; k--) {
      factorial /= k + 1;
      series = apply(Operator.ADD, number(1 / factorial), apply(Operator.MUL, z, series));
    }
    Expression closed =
        apply(Operator.DIV, apply(Operator.SUB, apply(Operator.EXP, z), number(1)), z);
    Expression isNear = apply(Operator.LESS, apply(Operator.ABS, z), number(near));
    return apply(Operator.WHERE, isNear, series, closed);
  }

  /** An expression with other expressions in place of names. */
  static Expression replace(Expression expression, Map<String, Expression> by) {
    if (expression instanceof Expression.Name name) {
      return by.getOrDefault(name.name(), expression);
    }
    if (expression instanceof Expression.Apply apply) {
      List<Expression> operands =
          apply.operands().stream().map(operand -> replace(operand, by)).toList();
      return new Expression.Apply(apply.operator(), operands, apply.at());
    }
    return expression;
  }
}
