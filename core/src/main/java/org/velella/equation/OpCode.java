package org.velella.equation;

/**
 * The instructions of a {@link StepProgram}. Every one is an IEEE float32 operation rounded once, a
 * selection, or an exact bit operation, so that each backend can print it and give the same bits.
 * Truth values are float32 0 and 1.
 */
public enum OpCode {
  /** The input x of this step. */
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
  /** {@code a != 0 ? b : c}: a choice, never a blend, so an infinity not chosen does no harm. */
  SELECT,
  /** 2^a for a whole a in [-126, 127]; its bits are (a + 127) << 23. */
  POW2,
  /** The unbiased exponent of a positive normal a, as a float32. */
  EXPONENT,
  /** The significand of a positive normal a, in [1, 2). */
  SIGNIFICAND
}
