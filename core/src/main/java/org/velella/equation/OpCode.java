package org.velella.equation;

/**
 * The instructions of a {@link StepProgram}. Every one is an IEEE float32 operation rounded once, a
 * selection, or an exact bit operation, so that each backend can print it and give the same bits.
 * Truth values are float32 0 and 1.
 */
public enum OpCode {
  /** Input number {@code a} of {@link StepProgram#inputs()} at this step. */
  INPUT,
  /** Constant number {@code a} of {@link StepProgram#constants()}. */
  CONSTANT,
  /** Memory number {@code a} as it was before this step. */
  MEMORY,
  /** The instruction's own literal. */
  LITERAL,
  ADD,
  SUB,
  MUL,
  DIV,
  NEG,
  ABS,
  SQRT,
  /** {@code fma(a, b, c)}: one rounding; only where the equation says so. */
  FMA,
  FLOOR,
  /** Rounds half to even. */
  RINT,
  /** IEEE 754-2019 minimum: NaN if either is NaN, -0 below +0. */
  MIN,
  /** IEEE 754-2019 maximum: NaN if either is NaN, -0 below +0. */
  MAX,
  GREATER,
  GREATER_EQUAL,
  EQUAL,
  AND,
  OR,
  NOT,
  /**
   * {@code b} where the truth value {@code a} is 1, else {@code c}, bit for bit: a choice, never a
   * blend, so an infinity not chosen does no harm.
   */
  SELECT,
  /**
   * 2^a for a whole a in [-126, 127]; its bits are {@code (a + 127) << 23}. Where a is NaN any
   * number does: programs only multiply it by another NaN.
   */
  POW2,
  /** The exponent of a positive normal a as a float32; for any a, bits 23 to 30 less 127. */
  EXPONENT,
  /** The significand of a positive normal a, in [1, 2); for any a, its lowest 23 bits under 1.0. */
  SIGNIFICAND;

  /** Whether a, b and c are value numbers (as far as they are not -1). */
  public boolean hasOperands() {
    return compareTo(ADD) >= 0;
  }
}
