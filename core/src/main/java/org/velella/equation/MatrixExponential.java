package org.velella.equation;

import java.util.Arrays;

/**
 * The exponential of a small matrix in float64: scaled, by its series, and squared again. It is
 * squared twice, with the identity and without: beside the identity what is slow is lost where
 * something else is a billion times as fast, and without it what is nearly over. The relative error
 * is a rounding times the norm in the first case, and over what is left in the second.
 */
final class MatrixExponential {
  /** Of a matrix of norm 1/4 or less, what is left out is below 1e-21. */
  private static final int TERMS = 15;

  /** Beyond, nothing that is squared with the identity has a digit that is right. */
  private static final double LARGEST_NORM = 0x1p50;

  private static final int MOST_SQUARINGS = 64;

  private MatrixExponential() {}

  /** e^m; not a number throughout if m is not finite or too large. */
  static double[][] of(double[][] m) {
    double norm = 0;
    for (double[] row : m) {
      norm = Math.max(norm, Arrays.stream(row).map(Math::abs).sum());
    }
    int squarings = norm <= 0.25 ? 0 : Math.getExponent(norm) + 3;
    double[][] result = new double[m.length][m.length];
    if (!(norm <= Double.MAX_VALUE) || squarings > MOST_SQUARINGS) {
      Arrays.stream(result).forEach(row -> Arrays.fill(row, Double.NaN));
      return result;
    }
    double[][] scaled = new double[m.length][m.length];
    double[][] term = new double[m.length][m.length];
    for (int i = 0; i < m.length; i++) {
      for (int j = 0; j < m.length; j++) {
        scaled[i][j] = Math.scalb(m[i][j], -squarings);
      }
      term[i][i] = 1;
    }
    for (int k = 1; k <= TERMS; k++) {
      term = product(term, scaled);
      for (int i = 0; i < m.length; i++) {
        for (int j = 0; j < m.length; j++) {
          term[i][j] /= k;
          result[i][j] += term[i][j];
        }
      }
    }
    double[][] whole = withIdentity(result);
    for (int s = 0; s < squarings; s++) {
      result = squared(result);
      whole = product(whole, whole);
    }
    double[][] sum = withIdentity(result);
    for (int i = 0; i < m.length; i++) {
      for (int j = 0; j < m.length; j++) {
        double left = Math.max(Math.abs(sum[i][i]), Math.abs(sum[j][j]));
        boolean better = left * norm < 1 && norm < LARGEST_NORM;
        result[i][j] = better ? whole[i][j] : sum[i][j];
      }
    }
    return result;
  }

  private static double[][] withIdentity(double[][] e) {
    double[][] sum = new double[e.length][];
    for (int i = 0; i < e.length; i++) {
      sum[i] = e[i].clone();
      sum[i][i] += 1;
    }
    return sum;
  }

  /** (1 + e)^2 without the 1. */
  private static double[][] squared(double[][] e) {
    double[][] square = product(e, e);
    for (int i = 0; i < e.length; i++) {
      for (int j = 0; j < e.length; j++) {
        square[i][j] += 2 * e[i][j];
      }
    }
    return square;
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] c = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < a.length; k++) {
        for (int j = 0; j < a.length; j++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }
}
