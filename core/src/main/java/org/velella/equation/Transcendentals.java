package org.velella.equation;

/**
 * exp, log, tanh and sigmoid as fixed sequences of instructions: range reduction, a minimax
 * polynomial with fused multiply-adds, and selections for the special values. Every backend prints
 * these instructions, so every backend gives the same bits. Measured errors: docs/NUMERICS.md.
 */
final class Transcendentals {
  /** e^r = 1 + r + r^2 q(r) for |r| <= ln(2)/2, relative error 2^-28. */
  private static final float[] EXP = {
    0x1.6a4b98p-10f, 0x1.123e5cp-7f, 0x1.5558bap-5f, 0x1.55548cp-3f, 0x1.fffffcp-2f
  };

  /** ln(1 + f) = f - f^2/2 + f^3 p(f) for sqrt(1/2) <= 1 + f <= sqrt(2), relative error 2^-27. */
  private static final float[] LOG = {
    -0x1.420930p-4f,
    0x1.07d938p-3f,
    -0x1.0cded8p-3f,
    0x1.226ccap-3f,
    -0x1.547892p-3f,
    0x1.99a5acp-3f,
    -0x1.000220p-2f,
    0x1.55554ap-2f
  };

  /** tanh(x) = x (1 + x^2 p(x^2)) for |x| < 0.625, relative error 2^-27. */
  private static final float[] TANH = {
    -0x1.768fbep-8f, 0x1.52503ap-6f, -0x1.b84338p-5f, 0x1.110760p-3f, -0x1.555534p-2f
  };

  private static final float TANH_SPLIT = 0.625f;

  /** ln(2) = LN2_HIGH + LN2_LOW; the high part has 9 bits, so that k * LN2_HIGH is exact. */
  private static final float LN2_HIGH = 0x1.63p-1f;

  private static final float LN2_LOW = -0x1.bd0106p-13f;
  private static final float LN_2 = 0x1.62e430p-1f;
  private static final float LOG2_E = 0x1.715476p0f;
  private static final float SQRT_2 = 0x1.6a09e6p0f;

  /**
   * e^x rounds to 0 below the negative of this and to infinity above it; beyond, the argument only
   * needs to stay there. Bounds of one size are cheap for backends.
   */
  private static final float EXP_BOUND = 104f;

  private final CodeBuilder code;

  Transcendentals(CodeBuilder code) {
    this.code = code;
  }

  private int literal(float value) {
    return code.literal(value);
  }

  private int polynomial(float[] highestFirst, int at) {
    int sum = literal(highestFirst[0]);
    for (int i = 1; i < highestFirst.length; i++) {
      sum = code.emit(OpCode.FMA, sum, at, literal(highestFirst[i]));
    }
    return sum;
  }

  /** e^x = 2^k e^r. The power is applied in two halves, so that subnormal results round once. */
  int exp(int x) {
    int above = code.emit(OpCode.MAX, x, literal(-EXP_BOUND));
    int limited = code.emit(OpCode.MIN, above, literal(EXP_BOUND));
    int k = code.emit(OpCode.RINT, code.emit(OpCode.MUL, limited, literal(LOG2_E)));
    int high = code.emit(OpCode.FMA, k, literal(-LN2_HIGH), limited);
    int r = code.emit(OpCode.FMA, k, literal(-LN2_LOW), high);
    int q = polynomial(EXP, r);
    int sum = code.emit(OpCode.ADD, literal(1), r);
    int lost = code.emit(OpCode.ADD, code.emit(OpCode.SUB, literal(1), sum), r);
    int tail = code.emit(OpCode.FMA, code.emit(OpCode.MUL, r, r), q, lost);
    int significand = code.emit(OpCode.ADD, sum, tail);
    int half = code.emit(OpCode.FLOOR, code.emit(OpCode.MUL, k, literal(0.5f)));
    int rest = code.emit(OpCode.SUB, k, half);
    int scaled = code.emit(OpCode.MUL, significand, code.emit(OpCode.POW2, half));
    return code.emit(OpCode.MUL, scaled, code.emit(OpCode.POW2, rest));
  }

  /**
   * ln(x) = e ln(2) + ln(m) with m in [sqrt(1/2), sqrt(2)]; subnormals are scaled by 2^24 first.
   */
  int log(int x) {
    int tiny = code.emit(OpCode.GREATER, literal(Float.MIN_NORMAL), x);
    int lifted = code.emit(OpCode.MUL, x, literal(0x1p24f));
    int normal = code.emit(OpCode.SELECT, tiny, lifted, x);
    int upper = code.emit(OpCode.SIGNIFICAND, normal);
    int big = code.emit(OpCode.GREATER, upper, literal(SQRT_2));
    int halved = code.emit(OpCode.MUL, upper, literal(0.5f));
    int m = code.emit(OpCode.SELECT, big, halved, upper);
    int raised = code.emit(OpCode.ADD, code.emit(OpCode.EXPONENT, normal), big);
    int e = code.emit(OpCode.SUB, raised, code.emit(OpCode.MUL, tiny, literal(24)));
    int f = code.emit(OpCode.SUB, m, literal(1));
    int f2 = code.emit(OpCode.MUL, f, f);
    int tail = code.emit(OpCode.MUL, code.emit(OpCode.MUL, f2, f), polynomial(LOG, f));
    tail = code.emit(OpCode.FMA, e, literal(LN2_LOW), tail);
    tail = code.emit(OpCode.FMA, literal(-0.5f), f2, tail);
    int sum = code.emit(OpCode.ADD, f, tail);
    int finite = code.emit(OpCode.FMA, e, literal(LN2_HIGH), sum);
    return logSpecials(x, finite);
  }

  private int logSpecials(int x, int finite) {
    int zero = literal(0);
    int infinity = literal(Float.POSITIVE_INFINITY);
    int atInfinity = code.emit(OpCode.EQUAL, x, infinity);
    int positive = code.emit(OpCode.SELECT, atInfinity, infinity, finite);
    int atZero = code.emit(OpCode.EQUAL, x, zero);
    int pole = literal(Float.NEGATIVE_INFINITY);
    int notPositive = code.emit(OpCode.SELECT, atZero, pole, literal(Float32.NAN));
    return code.emit(OpCode.SELECT, code.emit(OpCode.GREATER, x, zero), positive, notPositive);
  }

  /** A polynomial near 0; elsewhere 1 - 2 / (e^2|x| + 1) with the sign of x. */
  int tanh(int x) {
    int square = code.emit(OpCode.MUL, x, x);
    int factor = code.emit(OpCode.FMA, square, polynomial(TANH, square), literal(1));
    int near = code.emit(OpCode.MUL, x, factor);
    int size = code.emit(OpCode.ABS, x);
    int e = exp(code.emit(OpCode.ADD, size, size));
    int ratio = code.emit(OpCode.DIV, literal(2), code.emit(OpCode.ADD, e, literal(1)));
    int far = code.emit(OpCode.SUB, literal(1), ratio);
    int negative = code.emit(OpCode.GREATER, literal(0), x);
    int signed = code.emit(OpCode.SELECT, negative, code.emit(OpCode.NEG, far), far);
    int isNear = code.emit(OpCode.GREATER, literal(TANH_SPLIT), size);
    return code.emit(OpCode.SELECT, isNear, near, signed);
  }

  /**
   * 1 / (1 + z) or z / (1 + z) with z = e^-|x|, so that small results keep their digits; below 1/3
   * the latter as z - z (z / (1 + z)), where the rounding of the sum hardly shows.
   */
  int sigmoid(int x) {
    int z = exp(code.emit(OpCode.NEG, code.emit(OpCode.ABS, x)));
    int positive = code.emit(OpCode.GREATER_EQUAL, x, literal(0));
    int numerator = code.emit(OpCode.SELECT, positive, literal(1), z);
    int ratio = code.emit(OpCode.DIV, numerator, code.emit(OpCode.ADD, literal(1), z));
    int refined = code.emit(OpCode.FMA, code.emit(OpCode.NEG, z), ratio, z);
    int small = code.emit(OpCode.GREATER, literal(-LN_2), x);
    return code.emit(OpCode.SELECT, small, refined, ratio);
  }
}
