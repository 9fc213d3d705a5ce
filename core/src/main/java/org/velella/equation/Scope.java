package org.velella.equation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The names declared so far, and the types of expressions over them. */
final class Scope {
  /** Where an expression stands, which decides the names that it may read. */
  enum Place {
    PARAMETER("the default of a parameter may read parameters declared above"),
    CONSTANT("this expression may read parameters and derived values declared above"),
    STEP("this expression may read names declared above"),
    EQUATION("this expression may read names declared above");

    private final String rule;

    Place(String rule) {
      this.rule = rule;
    }
  }

  /**
   * A declared name.
   *
   * @param kind null for an input
   */
  record Symbol(Statement.Kind kind, Type type) {
    String noun() {
      return kind == null ? "an input" : kind.noun();
    }

    boolean visibleIn(Place place) {
      return switch (place) {
        case PARAMETER -> kind == Statement.Kind.PARAMETER;
        case CONSTANT ->
            kind == Statement.Kind.PARAMETER
                || kind == Statement.Kind.DERIVE
                || kind == Statement.Kind.DERIVE32;
        case STEP -> kind != Statement.Kind.LET;
        case EQUATION -> true;
      };
    }
  }

  /** The input of models that name none. */
  static final String INPUT = "x";

  private final Map<String, Symbol> symbols = new LinkedHashMap<>();

  Scope(Iterable<String> inputs) {
    inputs.forEach(name -> symbols.put(name, new Symbol(null, Type.NUMBER)));
  }

  /** The declaration of a name, or null. */
  Symbol symbol(String name) {
    return symbols.get(name);
  }

  void declare(Statement statement, Type type) {
    Symbol old = symbols.get(statement.name());
    if (old != null) {
      throw new EquationException(
          statement.at(),
          "'%s' is already %s; choose another name".formatted(statement.name(), old.noun()));
    }
    symbols.put(statement.name(), new Symbol(statement.kind(), type));
  }

  /** The type of an expression; every name in it is known and visible from {@code place}. */
  Type type(Expression expression, Place place) {
    if (expression instanceof Expression.Number number) {
      if (place == Place.STEP || place == Place.EQUATION) {
        requireFloat32(number);
      }
      return number.value() == Math.rint(number.value()) ? Type.WHOLE : Type.NUMBER;
    }
    if (expression instanceof Expression.Name name) {
      return nameType(name, place);
    }
    Expression.Apply apply = (Expression.Apply) expression;
    Type[] types = new Type[apply.operands().size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = type(apply.operand(i), place);
    }
    return resultType(apply, types);
  }

  /** Refuses literals that would become infinite or zero in float32. */
  void requireFloat32(Expression expression) {
    if (expression instanceof Expression.Apply apply) {
      apply.operands().forEach(this::requireFloat32);
    } else if (expression instanceof Expression.Number number) {
      float rounded = (float) number.value();
      if (Float.isInfinite(rounded) || rounded == 0 && number.value() != 0) {
        throw new EquationException(
            number.at(),
            "found the number %s, which float32 cannot hold; this expression is float32"
                .formatted(Printer.number(number.value())));
      }
    }
  }

  private Type nameType(Expression.Name name, Place place) {
    Symbol symbol = symbols.get(name.name());
    if (symbol == null) {
      throw new EquationException(
          name.at(), "found '%s', which is not declared; %s".formatted(name.name(), known(place)));
    }
    if (!symbol.visibleIn(place)) {
      throw new EquationException(
          name.at(), "found '%s', %s; %s".formatted(name.name(), symbol.noun(), known(place)));
    }
    return symbol.type();
  }

  private String known(Place place) {
    String names =
        symbols.entrySet().stream()
            .filter(entry -> entry.getValue().visibleIn(place))
            .map(Map.Entry::getKey)
            .limit(32)
            .collect(Collectors.joining(", "));
    return place.rule + ": " + (names.isEmpty() ? "there is none" : names);
  }

  private static Type resultType(Expression.Apply apply, Type[] types) {
    return switch (apply.operator()) {
      case OR, AND, NOT -> {
        for (int i = 0; i < types.length; i++) {
          requireCondition(apply, i, types[i]);
        }
        yield Type.CONDITION;
      }
      case GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, EQUAL, NOT_EQUAL -> Type.CONDITION;
      case WHERE -> {
        requireCondition(apply, 0, types[0]);
        yield types[1].or(types[2]);
      }
      case DIV, SQRT, EXP, LOG, TANH, SIGMOID -> Type.NUMBER;
      case FLOOR, RINT, TRUNC -> Type.WHOLE;
      case ADD, SUB, MUL, NEG, POWER, FMA, MIN, MAX, CLAMP, ABS -> {
        Type widest = Type.WHOLE;
        for (Type type : types) {
          widest = widest.or(type);
        }
        yield widest;
      }
    };
  }

  private static void requireCondition(Expression.Apply apply, int operand, Type type) {
    if (type != Type.CONDITION) {
      throw new EquationException(
          apply.operand(operand).at(),
          "'%s' needs a condition here, such as 'h > 0'; found a number"
              .formatted(apply.operator().symbol()));
    }
  }
}
