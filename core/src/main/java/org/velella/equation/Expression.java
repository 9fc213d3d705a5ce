package org.velella.equation;

import java.util.List;

/** A parsed expression; where it came from is not part of its meaning. */
sealed interface Expression {
  Position at();

  /** A literal; finite. */
  record Number(double value, Position at) implements Expression {}

  /** A parameter, derived value, memory, variable or the input. */
  record Name(String name, Position at) implements Expression {}

  /** An operator or function applied to as many operands as it takes. */
  record Apply(Operator operator, List<Expression> operands, Position at) implements Expression {
    Expression operand(int index) {
      return operands.get(index);
    }
  }
}
