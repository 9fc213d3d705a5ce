package org.velella.equation;

import java.util.SplittableRandom;

/**
 * A random expression of the input {@code x}, in two forms that were made side by side: text, and
 * Java's own float arithmetic.
 *
 * @param value what the expression is for an input, each operation rounded to float32
 */
record RandomExpression(String text, Function value) {
  @FunctionalInterface
  interface Function {
    float at(float x);
  }

  private static final float[] LITERALS = {0f, 1f, 0.1f, 3f, 1e-3f, 7.25f, 16777217f, 1e30f};

  static RandomExpression number(SplittableRandom random, int depth) {
    if (depth == 0 || random.nextInt(8) == 0) {
      return leaf(random);
    }
    return switch (random.nextInt(4)) {
      case 0 -> unary(random, number(random, depth - 1));
      case 1 -> choice(random, depth);
      default -> binary(random, number(random, depth - 1), number(random, depth - 1));
    };
  }

  private static RandomExpression leaf(SplittableRandom random) {
    if (random.nextBoolean()) {
      return new RandomExpression("x", x -> x);
    }
    float literal = LITERALS[random.nextInt(LITERALS.length)];
    return new RandomExpression(Float.toString(literal), x -> literal);
  }

  private static RandomExpression unary(SplittableRandom random, RandomExpression a) {
    Function f = a.value;
    return switch (random.nextInt(6)) {
      case 0 -> new RandomExpression("-(" + a.text + ")", x -> -f.at(x));
      case 1 -> call("abs", a, x -> Math.abs(f.at(x)));
      case 2 -> call("sqrt", a, x -> (float) Math.sqrt(f.at(x)));
      case 3 -> call("floor", a, x -> (float) Math.floor(f.at(x)));
      case 4 -> call("rint", a, x -> (float) Math.rint(f.at(x)));
      default -> new RandomExpression("(" + a.text + ")^3", x -> f.at(x) * f.at(x) * f.at(x));
    };
  }

  private static RandomExpression call(String name, RandomExpression a, Function value) {
    return new RandomExpression(name + "(" + a.text + ")", value);
  }

  private static RandomExpression binary(
      SplittableRandom random, RandomExpression a, RandomExpression b) {
    Function f = a.value;
    Function g = b.value;
    String left = "(" + a.text + ")";
    String right = "(" + b.text + ")";
    return switch (random.nextInt(7)) {
      case 0 -> new RandomExpression(left + " + " + right, x -> f.at(x) + g.at(x));
      case 1 -> new RandomExpression(left + " - " + right, x -> f.at(x) - g.at(x));
      case 2 -> new RandomExpression(left + " * " + right, x -> f.at(x) * g.at(x));
      case 3 -> new RandomExpression(left + " / " + right, x -> f.at(x) / g.at(x));
      case 4 -> both("min", a, b, x -> Math.min(f.at(x), g.at(x)));
      case 5 -> both("max", a, b, x -> Math.max(f.at(x), g.at(x)));
      default ->
          new RandomExpression(
              "fma(" + a.text + ", x, " + b.text + ")", x -> Math.fma(f.at(x), x, g.at(x)));
    };
  }

  private static RandomExpression both(
      String name, RandomExpression a, RandomExpression b, Function value) {
    return new RandomExpression(name + "(" + a.text + ", " + b.text + ")", value);
  }

  private static RandomExpression choice(SplittableRandom random, int depth) {
    RandomExpression a = number(random, depth - 1);
    RandomExpression b = number(random, depth - 1);
    Function f = a.value;
    Function g = b.value;
    String[] symbols = {">", ">=", "<", "<=", "==", "!="};
    int kind = random.nextInt(symbols.length);
    boolean negated = random.nextBoolean();
    String condition = "(" + a.text + ") " + symbols[kind] + " (" + b.text + ")";
    return new RandomExpression(
        "where(" + (negated ? "not " : "") + condition + ", " + b.text + ", " + a.text + ")",
        x -> negated != holds(kind, f.at(x), g.at(x)) ? g.at(x) : f.at(x));
  }

  private static boolean holds(int kind, float a, float b) {
    return switch (kind) {
      case 0 -> a > b;
      case 1 -> a >= b;
      case 2 -> a < b;
      case 3 -> a <= b;
      case 4 -> a == b;
      default -> a != b;
    };
  }
}
