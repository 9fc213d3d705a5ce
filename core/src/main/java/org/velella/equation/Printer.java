package org.velella.equation;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/**
 * Writes expressions in one canonical form, the same on every Java version: what it writes parses
 * to the same expression.
 */
final class Printer {
  /** So many decimal digits tell any two float64 apart. */
  private static final int MOST_DIGITS = 17;

  private static final int UNARY = Operator.NEG.precedence();

  private final StringBuilder text = new StringBuilder();

  private Printer() {}

  static String print(Expression expression) {
    Printer printer = new Printer();
    printer.write(expression);
    return printer.text.toString();
  }

  /** The fewest decimal digits that read back as {@code value}. */
  static String number(double value) {
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal shortest = shortest(new BigDecimal(value), value);
    BigDecimal stripped = shortest.stripTrailingZeros();
    int exponent = stripped.precision() - stripped.scale() - 1;
    if (exponent >= -5 && exponent < 16) {
      return stripped.toPlainString();
    }
    BigDecimal significand = stripped.scaleByPowerOfTen(-exponent);
    return significand.toPlainString() + "e" + exponent;
  }

  private static BigDecimal shortest(BigDecimal exact, double value) {
    for (int digits = 1; digits < MOST_DIGITS; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return rounded;
      }
    }
    return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN));
  }

  private void write(Expression expression) {
    if (expression instanceof Expression.Number number) {
      text.append(number(number.value()));
    } else if (expression instanceof Expression.Name name) {
      text.append(name.name());
    } else if (expression instanceof Expression.Apply apply) {
      write(apply);
    }
  }

  private void write(Expression.Apply apply) {
    Operator operator = apply.operator();
    int precedence = operator.precedence();
    if (operator.isFunction()) {
      call(apply);
    } else if (operator == Operator.POWER) {
      write(apply.operand(0), precedence + 1);
      text.append('^').append(Printer.number(((Expression.Number) apply.operand(1)).value()));
    } else if (operator.arity() == 1) {
      text.append(operator == Operator.NOT ? "not " : "-");
      write(apply.operand(0), precedence);
    } else {
      write(apply.operand(0), operator.isComparison() ? precedence + 1 : precedence);
      text.append(' ').append(operator.symbol()).append(' ');
      write(apply.operand(1), precedence + 1);
    }
  }

  private void call(Expression.Apply apply) {
    text.append(apply.operator().symbol()).append('(');
    List<Expression> operands = apply.operands();
    for (int i = 0; i < operands.size(); i++) {
      text.append(i == 0 ? "" : ", ");
      write(operands.get(i));
    }
    text.append(')');
  }

  /** Writes an operand, in parentheses if it binds less tightly than its place needs. */
  private void write(Expression operand, int needed) {
    if (precedence(operand) >= needed) {
      write(operand);
    } else {
      text.append('(');
      write(operand);
      text.append(')');
    }
  }

  private static int precedence(Expression expression) {
    if (expression instanceof Expression.Apply apply) {
      return apply.operator().precedence();
    }
    boolean negative =
        expression instanceof Expression.Number number && number(number.value()).startsWith("-");
    return negative ? UNARY : Operator.FUNCTION;
  }
}
