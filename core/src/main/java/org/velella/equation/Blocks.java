package org.velella.equation;

/**
 * The instructions of {@link Float32}, each over the first {@code n} elements of blocks. One small
 * loop per instruction, all arrays indexed alike, so that the JIT vectorises those it can.
 */
final class Blocks {
  private Blocks() {}

  /** r = op(a, b, c) element by element; operands that the instruction lacks may be null. */
  static void apply(OpCode op, int n, float[] r, float[] a, float[] b, float[] c) {
    switch (op) {
      case ADD -> add(n, r, a, b);
      case SUB -> sub(n, r, a, b);
      case MUL -> mul(n, r, a, b);
      case DIV -> div(n, r, a, b);
      case NEG -> neg(n, r, a);
      case ABS -> abs(n, r, a);
      case SQRT -> sqrt(n, r, a);
      case FMA -> fma(n, r, a, b, c);
      case FLOOR -> floor(n, r, a);
      case RINT -> rint(n, r, a);
      case MIN -> min(n, r, a, b);
      case MAX -> max(n, r, a, b);
      case GREATER -> greater(n, r, a, b);
      case GREATER_EQUAL -> greaterEqual(n, r, a, b);
      case EQUAL -> equal(n, r, a, b);
      case AND -> mul(n, r, a, b);
      case OR -> max(n, r, a, b);
      case NOT -> not(n, r, a);
      case SELECT -> select(n, r, a, b, c);
      case POW2 -> pow2(n, r, a);
      case EXPONENT -> exponent(n, r, a);
      case SIGNIFICAND -> significand(n, r, a);
      case INPUT, CONSTANT, MEMORY, LITERAL ->
          throw new IllegalArgumentException(op + " has no operands");
    }
  }

  private static void add(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = a[i] + b[i];
    }
  }

  private static void sub(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = a[i] - b[i];
    }
  }

  private static void mul(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = a[i] * b[i];
    }
  }

  private static void div(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = a[i] / b[i];
    }
  }

  private static void neg(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = -a[i];
    }
  }

  private static void abs(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = Math.abs(a[i]);
    }
  }

  private static void sqrt(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.sqrt(a[i]);
    }
  }

  private static void fma(int n, float[] r, float[] a, float[] b, float[] c) {
    for (int i = 0; i < n; i++) {
      r[i] = Math.fma(a[i], b[i], c[i]);
    }
  }

  private static void floor(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.floor(a[i]);
    }
  }

  private static void rint(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.rint(a[i]);
    }
  }

  private static void min(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = Math.min(a[i], b[i]);
    }
  }

  private static void max(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = Math.max(a[i], b[i]);
    }
  }

  private static void greater(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.truth(a[i] > b[i]);
    }
  }

  private static void greaterEqual(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.truth(a[i] >= b[i]);
    }
  }

  private static void equal(int n, float[] r, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.truth(a[i] == b[i]);
    }
  }

  private static void not(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = 1 - a[i];
    }
  }

  private static void select(int n, float[] r, float[] a, float[] b, float[] c) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.select(a[i], b[i], c[i]);
    }
  }

  private static void pow2(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.pow2(a[i]);
    }
  }

  private static void exponent(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.exponent(a[i]);
    }
  }

  private static void significand(int n, float[] r, float[] a) {
    for (int i = 0; i < n; i++) {
      r[i] = Float32.significand(a[i]);
    }
  }
}
