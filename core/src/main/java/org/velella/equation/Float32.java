package org.velella.equation;

/**
 * What each instruction computes, on one element: the definition of the arithmetic. IEEE 754
 * binary32, round to nearest even, subnormals kept.
 */
final class Float32 {
  static final float NAN = Float.intBitsToFloat(0x7fc00000);

  private Float32() {}

  /** The output of a program that reads constants only. */
  static float output(StepProgram program, float[] constants) {
    float[] values = new float[program.instructions().size()];
    for (int i = 0; i < values.length; i++) {
      StepProgram.Instruction instruction = program.instructions().get(i);
      values[i] =
          switch (instruction.op()) {
            case CONSTANT -> constants[instruction.a()];
            case LITERAL -> instruction.literal();
            default ->
                apply(
                    instruction.op(),
                    operand(values, instruction.a()),
                    operand(values, instruction.b()),
                    operand(values, instruction.c()));
          };
    }
    return values[program.output()];
  }

  private static float operand(float[] values, int number) {
    return number < 0 ? 0 : values[number];
  }

  /** The result of an instruction that has operands, for the values of its operands. */
  static float apply(OpCode op, float a, float b, float c) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case NEG -> -a;
      case ABS -> Math.abs(a);
      case SQRT -> sqrt(a);
      case FMA -> Math.fma(a, b, c);
      case FLOOR -> floor(a);
      case RINT -> rint(a);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case GREATER -> truth(a > b);
      case GREATER_EQUAL -> truth(a >= b);
      case EQUAL -> truth(a == b);
      case AND -> a * b;
      case OR -> Math.max(a, b);
      case NOT -> 1 - a;
      case SELECT -> select(a, b, c);
      case POW2 -> pow2(a);
      case EXPONENT -> exponent(a);
      case SIGNIFICAND -> significand(a);
      case INPUT, CONSTANT, MEMORY, LITERAL ->
          throw new IllegalArgumentException(op + " has no operands");
    };
  }

  /** The correctly rounded root: float64 holds enough digits that rounding twice does no harm. */
  static float sqrt(float a) {
    return (float) Math.sqrt(a);
  }

  static float floor(float a) {
    return (float) Math.floor(a);
  }

  static float rint(float a) {
    return (float) Math.rint(a);
  }

  static float truth(boolean condition) {
    return condition ? 1f : 0f;
  }

  /**
   * {@code b} where {@code a} is 1, {@code c} where it is 0, bit for bit. Without a branch, since
   * spikes are irregular: 1f and 0f differ in bit 29.
   */
  static float select(float a, float b, float c) {
    int mask = -(Float.floatToRawIntBits(a) >>> 29);
    int chosen = Float.floatToRawIntBits(b) & mask | Float.floatToRawIntBits(c) & ~mask;
    return Float.intBitsToFloat(chosen);
  }

  static float pow2(float a) {
    return Float.intBitsToFloat((int) a + 127 << 23);
  }

  static float exponent(float a) {
    return (Float.floatToRawIntBits(a) >>> 23 & 0xff) - 127;
  }

  static float significand(float a) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(a) & 0x007fffff | 0x3f800000);
  }

  /** {@code a}, or the one NaN that is written to memories, outputs and recordings. */
  static float canonical(float a) {
    return a != a ? NAN : a;
  }
}
