package org.velella.encoding;

/**
 * Standard normal numbers of pairs of random words by Box and Muller's (1958) transformation: the
 * root of {@code -2 log u} times the cosine of an angle, u being {@code (word + 0.5) / 2^32} of the
 * first word and the angle {@code word / 2^32} turns of the second.
 *
 * <p>A fixed sequence of float64 operations of IEEE 754, so that every machine gives the same bits.
 * Logarithm and cosine are series: what is left out of the logarithm's is below 2e-14, of the
 * cosine's below 5e-14, which a radius of up to {@value #MOST} multiplies. With its rounding and
 * that of StrictMath's functions, a number differs by less than 5e-13 from what those give.
 *
 * <p>Constants are public for kernels that compute the same in vectors.
 *
 * <p>An object holds what making many of them takes, and is used by one thread.
 */
public final class NormalNumbers {
  /** No number is farther from 0: the root of 66 log 2, rounded up. */
  public static final double MOST = 6.8;

  /** The bits of the square root of 1/2, where significands begin. */
  public static final long ROOT_HALF = 0x3fe6a09e667f3bcdL;

  /** A significand's bits. */
  public static final int SIGNIFICAND_BITS = 52;

  /** The bits of 2^52: joined with those of a smaller whole number, they are those of the sum. */
  public static final long WHOLE_BITS = 0x4330000000000000L;

  /** 2^52. */
  public static final double WHOLE = 0x1p52;

  /** Added to exponents, so that none is negative. */
  public static final int SHIFT = 64;

  /** Taken from an exponent with {@link #SHIFT} added: 32 for what words are divided by. */
  public static final double EXPONENTS = WHOLE + SHIFT + 32;

  /** 2^52 - 0.5: taken from 2^52 and a word, it leaves the word and a half. */
  public static final double WORDS = WHOLE - 0.5;

  /** A quarter of a turn in units of 2^-32 turns. */
  public static final double QUARTER = WHOLE + 0x1p30;

  /** Such a unit in radians. */
  public static final double UNIT = 2 * Math.PI * 0x1p-32;

  public static final double LOG_2 = 0.6931471805599453;

  /** The area tangent's series, twice: two over odd numbers. */
  public static final double T3 = 2.0 / 3;

  public static final double T5 = 2.0 / 5;
  public static final double T7 = 2.0 / 7;
  public static final double T9 = 2.0 / 9;
  public static final double T11 = 2.0 / 11;
  public static final double T13 = 2.0 / 13;
  public static final double T15 = 2.0 / 15;

  /** The sine's series: one over factorials, with alternating signs. */
  public static final double S3 = -1 / 6.0;

  public static final double S5 = 1 / 120.0;
  public static final double S7 = -1 / 5040.0;
  public static final double S9 = 1 / 362880.0;
  public static final double S11 = -1 / 39916800.0;
  public static final double S13 = 1 / 6227020800.0;
  public static final double S15 = -1 / 1307674368000.0;
  public static final double S17 = 1 / 355687428096000.0;

  private double[] significands = new double[0];
  private double[] exponents = new double[0];
  private double[] angles = new double[0];

  /** The number of two words. */
  public static double of(int radiusWord, int angleWord) {
    long above = aboveRootHalf(radiusWord);
    return radius(significand(above), exponent(above)) * sine(angle(angleWord));
  }

  /**
   * Many numbers: number i is that of words 2i and 2i + 1.
   *
   * @return an array with {@code count} of them, good until the next call
   */
  public double[] of(int[] words, int count) {
    if (angles.length < count) {
      significands = new double[count];
      exponents = new double[count];
      angles = new double[count];
    }
    split(words, count);
    // Loops of double numbers only, which the JIT turns into vector code.
    radii(significands, exponents, count);
    timesSines(significands, angles, count);
    return significands;
  }

  private void split(int[] words, int count) {
    for (int i = 0; i < count; i++) {
      long above = aboveRootHalf(words[2 * i]);
      exponents[i] = exponent(above);
      significands[i] = significand(above);
      angles[i] = angle(words[2 * i + 1]);
    }
  }

  private static void radii(double[] significands, double[] exponents, int count) {
    for (int i = 0; i < count; i++) {
      significands[i] = radius(significands[i], exponents[i]);
    }
  }

  private static void timesSines(double[] radii, double[] angles, int count) {
    for (int i = 0; i < count; i++) {
      radii[i] *= sine(angles[i]);
    }
  }

  /** The bits of a word's u, not yet divided, less those of the root of 1/2. */
  private static long aboveRootHalf(int word) {
    return Double.doubleToRawLongBits(whole(word & 0xffffffffL) - WORDS) - ROOT_HALF;
  }

  /** The e of u = m 2^e, with m between the roots of 1/2 and 2. */
  private static double exponent(long above) {
    return whole((above >> SIGNIFICAND_BITS) + SHIFT) - EXPONENTS;
  }

  /** The m of u = m 2^e. */
  private static double significand(long above) {
    return Double.longBitsToDouble((above & (1L << SIGNIFICAND_BITS) - 1) + ROOT_HALF);
  }

  /**
   * The angle, between -1/4 and 1/4 of a turn, whose sine is the cosine of a word's: a quarter turn
   * less the distance from no turn, which goes up to half a turn.
   */
  private static double angle(int word) {
    return (QUARTER - whole(Math.abs(word) & 0xffffffffL)) * UNIT;
  }

  /**
   * A number from 0 to 2^32 plus 2^52, by its bits. Conversions of integers wait for each other:
   * each leaves half of its register as the one before had it.
   */
  private static double whole(long number) {
    return Double.longBitsToDouble(WHOLE_BITS | number);
  }

  /** The root of -2 log(m 2^e): log m is twice the area tangent of (m - 1) / (m + 1). */
  private static double radius(double m, double e) {
    double z = (m - 1) / (m + 1);
    double q = z * z;
    double q2 = q * q;
    double low = T3 + q * T5 + q2 * (T7 + q * T9);
    double high = T11 + q * T13 + q2 * T15;
    double log = e * LOG_2 + (2 * z + z * q * (low + q2 * q2 * high));
    return Math.sqrt(-2 * log);
  }

  private static double sine(double x) {
    double q = x * x;
    double q2 = q * q;
    double low = S3 + q * S5 + q2 * (S7 + q * S9);
    double high = S11 + q * S13 + q2 * (S15 + q * S17);
    return x + x * q * (low + q2 * q2 * high);
  }
}
