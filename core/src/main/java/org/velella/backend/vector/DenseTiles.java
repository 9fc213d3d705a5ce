package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of a dense product: {@code out[r, c] = ((start[r, c] fma over k ascending of a[k,
 * r] * w[k, c]) + end[c]) + 0.0f}, one fused multiply-add per term.
 *
 * <p>{@code a} is packed as {@code [run of terms, row, term of the run]} and {@code w} as {@code
 * [term, 2 vectors]}; the number of terms is even. A block of terms that is not the first starts
 * from what the one before stored; one that is not the last ends with zeros, which change no sum
 * but the sign of a zero. Spelled out, since an array of vectors would not stay in registers; two
 * terms per turn of the loop is what the compiler schedules best.
 *
 * <p>Twelve sums, two vectors of weights and an input leave one of sixteen registers. The compiler
 * would read inputs of both terms first, and keep sums in memory instead. It cannot where the loop
 * might end between the two terms: the sums so far would be wanted there.
 */
final class DenseTiles {
  /** Whether there are 32 vector registers, not 16. */
  static final boolean MANY_REGISTERS = COUNT == 16 || hasManyRegisters();

  /** Rows of a tile that fit the registers. */
  static final int ROWS = MANY_REGISTERS ? 8 : 6;

  /** So few rows that tiles of every size there is take part. */
  static final int ROWS_OF_ALL_TILES = MANY_REGISTERS ? 8 : 10;

  /**
   * Terms of a row that lie together, whole vectors of any length: so inputs are packed by vectors,
   * and one register still addresses all rows.
   */
  static final int RUN = Math.max(16, COUNT);

  /** Numbers of two vectors: a product that older compilers do not see inside another. */
  private static final int PAIR = 2 * COUNT;

  private DenseTiles() {}

  /** Where a term of the first row of a tile of so many rows lies. */
  static int place(int term, int rows) {
    return (term & -RUN) * rows + (term & RUN - 1);
  }

  /**
   * Rows of the next tile where so many are left. Sixes and fours together pad an odd row at most,
   * from four rows on.
   */
  static int rows(int left) {
    return MANY_REGISTERS || left > 8 || left == 5 || left == 6 ? ROWS : 4;
  }

  /** So many rows with those that pad their tiles. */
  static int padded(int rows) {
    return MANY_REGISTERS ? rows + 7 & -8 : Math.max(4, rows + 1 & -2);
  }

  private static boolean hasManyRegisters() {
    return System.getProperty("os.arch", "").equals("aarch64");
  }

  /** Eight rows by two vectors. */
  static void eight(
      int terms,
      float[] a,
      int at,
      float[] w,
      int wt,
      float[] start,
      int st,
      int startRow,
      float[] end,
      int et,
      float[] out,
      int to,
      int outRow) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * startRow);
    FloatVector t0 = FloatVector.fromArray(FLOATS, start, st + 0 * startRow + COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * startRow);
    FloatVector t1 = FloatVector.fromArray(FLOATS, start, st + 1 * startRow + COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, start, st + 2 * startRow);
    FloatVector t2 = FloatVector.fromArray(FLOATS, start, st + 2 * startRow + COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, start, st + 3 * startRow);
    FloatVector t3 = FloatVector.fromArray(FLOATS, start, st + 3 * startRow + COUNT);
    FloatVector s4 = FloatVector.fromArray(FLOATS, start, st + 4 * startRow);
    FloatVector t4 = FloatVector.fromArray(FLOATS, start, st + 4 * startRow + COUNT);
    FloatVector s5 = FloatVector.fromArray(FLOATS, start, st + 5 * startRow);
    FloatVector t5 = FloatVector.fromArray(FLOATS, start, st + 5 * startRow + COUNT);
    FloatVector s6 = FloatVector.fromArray(FLOATS, start, st + 6 * startRow);
    FloatVector t6 = FloatVector.fromArray(FLOATS, start, st + 6 * startRow + COUNT);
    FloatVector s7 = FloatVector.fromArray(FLOATS, start, st + 7 * startRow);
    FloatVector t7 = FloatVector.fromArray(FLOATS, start, st + 7 * startRow + COUNT);
    for (int k = 0; k < terms; k += 2) {
      int x = at + (k & -RUN) * 8 + (k & RUN - 1);
      FloatVector v0 = FloatVector.fromArray(FLOATS, w, wt + (k + 0) * 2 * COUNT);
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, wt + (k + 0) * 2 * COUNT + COUNT);
      FloatVector x00 = FloatVector.broadcast(FLOATS, a[x + 0 * RUN + 0]);
      s0 = x00.fma(v0, s0);
      t0 = x00.fma(w0, t0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, a[x + 1 * RUN + 0]);
      s1 = x01.fma(v0, s1);
      t1 = x01.fma(w0, t1);
      FloatVector x02 = FloatVector.broadcast(FLOATS, a[x + 2 * RUN + 0]);
      s2 = x02.fma(v0, s2);
      t2 = x02.fma(w0, t2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, a[x + 3 * RUN + 0]);
      s3 = x03.fma(v0, s3);
      t3 = x03.fma(w0, t3);
      FloatVector x04 = FloatVector.broadcast(FLOATS, a[x + 4 * RUN + 0]);
      s4 = x04.fma(v0, s4);
      t4 = x04.fma(w0, t4);
      FloatVector x05 = FloatVector.broadcast(FLOATS, a[x + 5 * RUN + 0]);
      s5 = x05.fma(v0, s5);
      t5 = x05.fma(w0, t5);
      FloatVector x06 = FloatVector.broadcast(FLOATS, a[x + 6 * RUN + 0]);
      s6 = x06.fma(v0, s6);
      t6 = x06.fma(w0, t6);
      FloatVector x07 = FloatVector.broadcast(FLOATS, a[x + 7 * RUN + 0]);
      s7 = x07.fma(v0, s7);
      t7 = x07.fma(w0, t7);
      FloatVector v1 = FloatVector.fromArray(FLOATS, w, wt + (k + 1) * 2 * COUNT);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, wt + (k + 1) * 2 * COUNT + COUNT);
      FloatVector x10 = FloatVector.broadcast(FLOATS, a[x + 0 * RUN + 1]);
      s0 = x10.fma(v1, s0);
      t0 = x10.fma(w1, t0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, a[x + 1 * RUN + 1]);
      s1 = x11.fma(v1, s1);
      t1 = x11.fma(w1, t1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, a[x + 2 * RUN + 1]);
      s2 = x12.fma(v1, s2);
      t2 = x12.fma(w1, t2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, a[x + 3 * RUN + 1]);
      s3 = x13.fma(v1, s3);
      t3 = x13.fma(w1, t3);
      FloatVector x14 = FloatVector.broadcast(FLOATS, a[x + 4 * RUN + 1]);
      s4 = x14.fma(v1, s4);
      t4 = x14.fma(w1, t4);
      FloatVector x15 = FloatVector.broadcast(FLOATS, a[x + 5 * RUN + 1]);
      s5 = x15.fma(v1, s5);
      t5 = x15.fma(w1, t5);
      FloatVector x16 = FloatVector.broadcast(FLOATS, a[x + 6 * RUN + 1]);
      s6 = x16.fma(v1, s6);
      t6 = x16.fma(w1, t6);
      FloatVector x17 = FloatVector.broadcast(FLOATS, a[x + 7 * RUN + 1]);
      s7 = x17.fma(v1, s7);
      t7 = x17.fma(w1, t7);
    }
    FloatVector e = FloatVector.fromArray(FLOATS, end, et);
    FloatVector f = FloatVector.fromArray(FLOATS, end, et + COUNT);
    s0.add(e).add(0.0f).intoArray(out, to + 0 * outRow);
    t0.add(f).add(0.0f).intoArray(out, to + 0 * outRow + COUNT);
    s1.add(e).add(0.0f).intoArray(out, to + 1 * outRow);
    t1.add(f).add(0.0f).intoArray(out, to + 1 * outRow + COUNT);
    s2.add(e).add(0.0f).intoArray(out, to + 2 * outRow);
    t2.add(f).add(0.0f).intoArray(out, to + 2 * outRow + COUNT);
    s3.add(e).add(0.0f).intoArray(out, to + 3 * outRow);
    t3.add(f).add(0.0f).intoArray(out, to + 3 * outRow + COUNT);
    s4.add(e).add(0.0f).intoArray(out, to + 4 * outRow);
    t4.add(f).add(0.0f).intoArray(out, to + 4 * outRow + COUNT);
    s5.add(e).add(0.0f).intoArray(out, to + 5 * outRow);
    t5.add(f).add(0.0f).intoArray(out, to + 5 * outRow + COUNT);
    s6.add(e).add(0.0f).intoArray(out, to + 6 * outRow);
    t6.add(f).add(0.0f).intoArray(out, to + 6 * outRow + COUNT);
    s7.add(e).add(0.0f).intoArray(out, to + 7 * outRow);
    t7.add(f).add(0.0f).intoArray(out, to + 7 * outRow + COUNT);
  }

  /** Six rows by two vectors. */
  static void six(
      int terms,
      float[] a,
      int at,
      float[] w,
      int wt,
      float[] start,
      int st,
      int startRow,
      float[] end,
      int et,
      float[] out,
      int to,
      int outRow) {
    // Negative, which no term is; the compiler does not know.
    int never = ~at;
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * startRow);
    FloatVector t0 = FloatVector.fromArray(FLOATS, start, st + 0 * startRow + COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * startRow);
    FloatVector t1 = FloatVector.fromArray(FLOATS, start, st + 1 * startRow + COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, start, st + 2 * startRow);
    FloatVector t2 = FloatVector.fromArray(FLOATS, start, st + 2 * startRow + COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, start, st + 3 * startRow);
    FloatVector t3 = FloatVector.fromArray(FLOATS, start, st + 3 * startRow + COUNT);
    FloatVector s4 = FloatVector.fromArray(FLOATS, start, st + 4 * startRow);
    FloatVector t4 = FloatVector.fromArray(FLOATS, start, st + 4 * startRow + COUNT);
    FloatVector s5 = FloatVector.fromArray(FLOATS, start, st + 5 * startRow);
    FloatVector t5 = FloatVector.fromArray(FLOATS, start, st + 5 * startRow + COUNT);
    for (int k = 0; k < terms; k += 2) {
      int x = at + (k & -RUN) * 6 + (k & RUN - 1);
      FloatVector v0 = FloatVector.fromArray(FLOATS, w, wt + k * PAIR);
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, wt + k * PAIR + COUNT);
      FloatVector x00 = FloatVector.broadcast(FLOATS, a[x + 0 * RUN + 0]);
      s0 = x00.fma(v0, s0);
      t0 = x00.fma(w0, t0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, a[x + 1 * RUN + 0]);
      s1 = x01.fma(v0, s1);
      t1 = x01.fma(w0, t1);
      FloatVector x02 = FloatVector.broadcast(FLOATS, a[x + 2 * RUN + 0]);
      s2 = x02.fma(v0, s2);
      t2 = x02.fma(w0, t2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, a[x + 3 * RUN + 0]);
      s3 = x03.fma(v0, s3);
      t3 = x03.fma(w0, t3);
      FloatVector x04 = FloatVector.broadcast(FLOATS, a[x + 4 * RUN + 0]);
      s4 = x04.fma(v0, s4);
      t4 = x04.fma(w0, t4);
      FloatVector x05 = FloatVector.broadcast(FLOATS, a[x + 5 * RUN + 0]);
      s5 = x05.fma(v0, s5);
      t5 = x05.fma(w0, t5);
      if (k == never) {
        break;
      }
      FloatVector v1 = FloatVector.fromArray(FLOATS, w, wt + k * PAIR + PAIR);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, wt + k * PAIR + PAIR + COUNT);
      FloatVector x10 = FloatVector.broadcast(FLOATS, a[x + 0 * RUN + 1]);
      s0 = x10.fma(v1, s0);
      t0 = x10.fma(w1, t0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, a[x + 1 * RUN + 1]);
      s1 = x11.fma(v1, s1);
      t1 = x11.fma(w1, t1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, a[x + 2 * RUN + 1]);
      s2 = x12.fma(v1, s2);
      t2 = x12.fma(w1, t2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, a[x + 3 * RUN + 1]);
      s3 = x13.fma(v1, s3);
      t3 = x13.fma(w1, t3);
      FloatVector x14 = FloatVector.broadcast(FLOATS, a[x + 4 * RUN + 1]);
      s4 = x14.fma(v1, s4);
      t4 = x14.fma(w1, t4);
      FloatVector x15 = FloatVector.broadcast(FLOATS, a[x + 5 * RUN + 1]);
      s5 = x15.fma(v1, s5);
      t5 = x15.fma(w1, t5);
    }
    FloatVector e = FloatVector.fromArray(FLOATS, end, et);
    FloatVector f = FloatVector.fromArray(FLOATS, end, et + COUNT);
    s0.add(e).add(0.0f).intoArray(out, to + 0 * outRow);
    t0.add(f).add(0.0f).intoArray(out, to + 0 * outRow + COUNT);
    s1.add(e).add(0.0f).intoArray(out, to + 1 * outRow);
    t1.add(f).add(0.0f).intoArray(out, to + 1 * outRow + COUNT);
    s2.add(e).add(0.0f).intoArray(out, to + 2 * outRow);
    t2.add(f).add(0.0f).intoArray(out, to + 2 * outRow + COUNT);
    s3.add(e).add(0.0f).intoArray(out, to + 3 * outRow);
    t3.add(f).add(0.0f).intoArray(out, to + 3 * outRow + COUNT);
    s4.add(e).add(0.0f).intoArray(out, to + 4 * outRow);
    t4.add(f).add(0.0f).intoArray(out, to + 4 * outRow + COUNT);
    s5.add(e).add(0.0f).intoArray(out, to + 5 * outRow);
    t5.add(f).add(0.0f).intoArray(out, to + 5 * outRow + COUNT);
  }

  /** Four rows by two vectors. */
  static void four(
      int terms,
      float[] a,
      int at,
      float[] w,
      int wt,
      float[] start,
      int st,
      int startRow,
      float[] end,
      int et,
      float[] out,
      int to,
      int outRow) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * startRow);
    FloatVector t0 = FloatVector.fromArray(FLOATS, start, st + 0 * startRow + COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * startRow);
    FloatVector t1 = FloatVector.fromArray(FLOATS, start, st + 1 * startRow + COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, start, st + 2 * startRow);
    FloatVector t2 = FloatVector.fromArray(FLOATS, start, st + 2 * startRow + COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, start, st + 3 * startRow);
    FloatVector t3 = FloatVector.fromArray(FLOATS, start, st + 3 * startRow + COUNT);
    for (int k = 0; k < terms; k += 2) {
      int x = at + (k & -RUN) * 4 + (k & RUN - 1);
      FloatVector v0 = FloatVector.fromArray(FLOATS, w, wt + k * PAIR);
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, wt + k * PAIR + COUNT);
      FloatVector x00 = FloatVector.broadcast(FLOATS, a[x + 0 * RUN + 0]);
      s0 = x00.fma(v0, s0);
      t0 = x00.fma(w0, t0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, a[x + 1 * RUN + 0]);
      s1 = x01.fma(v0, s1);
      t1 = x01.fma(w0, t1);
      FloatVector x02 = FloatVector.broadcast(FLOATS, a[x + 2 * RUN + 0]);
      s2 = x02.fma(v0, s2);
      t2 = x02.fma(w0, t2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, a[x + 3 * RUN + 0]);
      s3 = x03.fma(v0, s3);
      t3 = x03.fma(w0, t3);
      FloatVector v1 = FloatVector.fromArray(FLOATS, w, wt + k * PAIR + PAIR);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, wt + k * PAIR + PAIR + COUNT);
      FloatVector x10 = FloatVector.broadcast(FLOATS, a[x + 0 * RUN + 1]);
      s0 = x10.fma(v1, s0);
      t0 = x10.fma(w1, t0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, a[x + 1 * RUN + 1]);
      s1 = x11.fma(v1, s1);
      t1 = x11.fma(w1, t1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, a[x + 2 * RUN + 1]);
      s2 = x12.fma(v1, s2);
      t2 = x12.fma(w1, t2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, a[x + 3 * RUN + 1]);
      s3 = x13.fma(v1, s3);
      t3 = x13.fma(w1, t3);
    }
    FloatVector e = FloatVector.fromArray(FLOATS, end, et);
    FloatVector f = FloatVector.fromArray(FLOATS, end, et + COUNT);
    s0.add(e).add(0.0f).intoArray(out, to + 0 * outRow);
    t0.add(f).add(0.0f).intoArray(out, to + 0 * outRow + COUNT);
    s1.add(e).add(0.0f).intoArray(out, to + 1 * outRow);
    t1.add(f).add(0.0f).intoArray(out, to + 1 * outRow + COUNT);
    s2.add(e).add(0.0f).intoArray(out, to + 2 * outRow);
    t2.add(f).add(0.0f).intoArray(out, to + 2 * outRow + COUNT);
    s3.add(e).add(0.0f).intoArray(out, to + 3 * outRow);
    t3.add(f).add(0.0f).intoArray(out, to + 3 * outRow + COUNT);
  }
}
