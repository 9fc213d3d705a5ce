package org.velella.population;

import java.util.Arrays;

/** Draws some of n things without doubles, each choice as likely as the other. */
final class Subset {
  private final long[] bits;
  private final int n;

  Subset(int n) {
    this.n = n;
    bits = new long[(n + Long.SIZE - 1) / Long.SIZE];
  }

  /** Chooses {@code count} of them; of more than half, those that are left out are drawn. */
  void choose(int count, Draws draws) {
    boolean most = count > n / 2;
    Arrays.fill(bits, 0);
    for (int left = most ? n - count : count; left > 0; ) {
      int found = draws.below(n);
      long bit = 1L << found;
      if ((bits[found >> 6] & bit) == 0) {
        bits[found >> 6] |= bit;
        left--;
      }
    }
    if (most) {
      for (int w = 0; w < bits.length; w++) {
        bits[w] = ~bits[w];
      }
      if (n % Long.SIZE != 0) {
        bits[bits.length - 1] &= (1L << n) - 1;
      }
    }
  }

  /** Writes the chosen ones in ascending order. */
  void list(int[] to, int at) {
    int next = at;
    for (int w = 0; w < bits.length; w++) {
      for (long word = bits[w]; word != 0; word &= word - 1) {
        to[next++] = (w << 6) + Long.numberOfTrailingZeros(word);
      }
    }
  }
}
