package org.velella.equation;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One expression of the language of neuron equations over names that the caller gives values,
 * computed in float64; functions are those of StrictMath, so that it is the same everywhere.
 * Immutable.
 */
public final class Formula {
  private final String text;
  private final Expression expression;
  private final Type type;
  private final int names;
  private final Float64.Value value;

  private Formula(String text, Expression expression, Type type, int names, Float64.Value value) {
    this.text = text;
    this.expression = expression;
    this.type = type;
    this.names = names;
    this.value = value;
  }

  /**
   * The formula of a text, such as {@code rate > 200 and step >= 100}.
   *
   * @param names that it may read, each once
   * @throws EquationException if it is none, or reads another name; the message says where
   */
  public static Formula parse(String text, Collection<String> names) {
    Expression expression = ExpressionParser.expression(text);
    List<String> known = List.copyOf(names);
    requireKnown(expression, known);
    Scope scope = new Scope(List.of());
    Map<String, Integer> places = new HashMap<>();
    for (String name : known) {
      places.put(name, places.size());
      scope.declare(
          new Statement(Statement.Kind.PARAMETER, name, expression, expression.at()), Type.NUMBER);
    }
    Type type = scope.type(expression, Scope.Place.CONSTANT);
    return new Formula(text, expression, type, places.size(), Float64.bind(expression, places));
  }

  private static void requireKnown(Expression expression, List<String> known) {
    if (expression instanceof Expression.Name name && !known.contains(name.name())) {
      throw new EquationException(
          name.at(),
          "found '%s'; names here are %s".formatted(name.name(), String.join(", ", known)));
    }
    if (expression instanceof Expression.Apply apply) {
      apply.operands().forEach(operand -> requireKnown(operand, known));
    }
  }

  /** As it was written. */
  public String text() {
    return text;
  }

  /** In one form for all ways to write it. */
  @Override
  public String toString() {
    return Printer.print(expression);
  }

  /** Whether it depends on a name. */
  public boolean reads(String name) {
    return reads(expression, name);
  }

  private static boolean reads(Expression expression, String name) {
    return expression instanceof Expression.Name found
        ? found.name().equals(name)
        : expression instanceof Expression.Apply apply
            && apply.operands().stream().anyMatch(operand -> reads(operand, name));
  }

  /** Whether it says yes or no, as 1 or 0. */
  public boolean isCondition() {
    return type == Type.CONDITION;
  }

  /**
   * What it comes to.
   *
   * @param values of the names, in their order
   */
  public double value(double... values) {
    if (values.length != names) {
      throw new IllegalArgumentException(
          "'%s' reads %d names, got %d values".formatted(text, names, values.length));
    }
    return value.at(values);
  }
}
