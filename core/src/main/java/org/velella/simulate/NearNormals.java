package org.velella.simulate;

/**
 * Normal numbers by Box and Muller's transformation, near enough that rounding to float32 nearly
 * always gives the same as the definition's with StrictMath's functions, in a fraction of the time.
 * Both functions are series: what is left out of the logarithm's is below 2e-14, of the sine's
 * below 5e-14, which a radius of up to 6.8 multiplies. With the rounding of both ways they differ
 * by less than 5e-13.
 */
final class NearNormals {
  /** More than a near number differs from the defined one, by a factor of ten. */
  static final double DISTANCE = 5e-12;

  /** The bits of the square root of 1/2, where significands begin. */
  private static final long ROOT_HALF = 0x3fe6a09e667f3bcdL;

  private static final double WHOLE = 0x1p52;

  private static final long WHOLE_BITS = 0x4330000000000000L;

  /** Added to exponents, which may be negative. */
  private static final int SHIFT = 64;

  private static final double LOG_2 = 0.6931471805599453;

  /** The sine's series: one over factorials, with alternating signs. */
  private static final double S3 = -1 / 6.0;

  private static final double S5 = 1 / 120.0;
  private static final double S7 = -1 / 5040.0;
  private static final double S9 = 1 / 362880.0;
  private static final double S11 = -1 / 39916800.0;
  private static final double S13 = 1 / 6227020800.0;
  private static final double S15 = -1 / 1307674368000.0;
  private static final double S17 = 1 / 355687428096000.0;

  private double[] significands = new double[0];
  private double[] exponents = new double[0];
  private double[] angles = new double[0];

  /**
   * Normal numbers, one for two words: the radius of the first times the cosine of the second.
   *
   * @return an array with {@code count} of them, good until the next call
   */
  double[] of(int[] words, int count) {
    if (angles.length < count) {
      significands = new double[count];
      exponents = new double[count];
      angles = new double[count];
    }
    split(words, count, significands, exponents, angles);
    // Loops of double numbers only, which the JIT turns into vector code.
    radii(significands, exponents, count);
    timesSine(angles, significands, count);
    return significands;
  }

  private static void split(
      int[] words, int count, double[] significands, double[] exponents, double[] angles) {
    for (int i = 0; i < count; i++) {
      double u = whole(words[2 * i] & 0xffffffffL) - (WHOLE - 0.5);
      long above = Double.doubleToRawLongBits(u) - ROOT_HALF;
      // What u has to be divided by, 2^32, is left to the exponent.
      exponents[i] = whole((above >> 52) + SHIFT) - (WHOLE + SHIFT + 32);
      significands[i] = Double.longBitsToDouble((above & (1L << 52) - 1) + ROOT_HALF);
      // The cosine is the sine of a quarter turn less the distance from no turn, which goes up to
      // half a turn.
      double distance = whole(Math.abs(words[2 * i + 1]) & 0xffffffffL);
      angles[i] = (WHOLE + 0x1p30 - distance) * (2 * Math.PI * 0x1p-32);
    }
  }

  /**
   * A number from 0 to 2^32 plus 2^52, by its bits. Conversions of integers wait for each other:
   * each leaves half of its register as the one before had it.
   */
  private static double whole(long number) {
    return Double.longBitsToDouble(WHOLE_BITS | number);
  }

  /**
   * Turns m into the root of -2 log(m 2^e), for m between the roots of 1/2 and 2: log m is twice
   * the area tangent of (m - 1) / (m + 1).
   */
  private static void radii(double[] significands, double[] exponents, int count) {
    for (int i = 0; i < count; i++) {
      double m = significands[i];
      double z = (m - 1) / (m + 1);
      double q = z * z;
      double q2 = q * q;
      double low = 2.0 / 3 + q * (2.0 / 5) + q2 * (2.0 / 7 + q * (2.0 / 9));
      double high = 2.0 / 11 + q * (2.0 / 13) + q2 * (2.0 / 15);
      double log = exponents[i] * LOG_2 + (2 * z + z * q * (low + q2 * q2 * high));
      significands[i] = Math.sqrt(-2 * log);
    }
  }

  /** Multiplies radii by the sines of angles between -1/4 and 1/4 of a turn. */
  private static void timesSine(double[] angles, double[] radii, int count) {
    for (int i = 0; i < count; i++) {
      double x = angles[i];
      double q = x * x;
      double q2 = q * q;
      double low = S3 + q * S5 + q2 * (S7 + q * S9);
      double high = S11 + q * S13 + q2 * (S15 + q * S17);
      radii[i] *= x + x * q * (low + q2 * q2 * high);
    }
  }
}
