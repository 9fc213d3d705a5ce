package org.velella.encoding;

import java.util.Arrays;

/**
 * Threefry4x32-20 of many counts at once: four rounds of all counts, then the next four. Loops of
 * that length the JIT turns into vector code; for few counts it is the slower way.
 */
final class ManyCounts {
  /** As many blocks of words as it takes to be faster. */
  static final int FEWEST_BLOCKS = 8;

  /** Counts that go through all rounds before the next ones: their words stay in the L1 cache. */
  private static final int MOST = 512;

  private final int counts;
  private final int[] c0;
  private final int[] c1;
  private final int[] c2;
  private final int[] c3;

  ManyCounts(int counts) {
    this.counts = counts;
    int atOnce = Math.min(counts, MOST);
    c0 = new int[atOnce];
    c1 = new int[atOnce];
    c2 = new int[atOnce];
    c3 = new int[atOnce];
  }

  /**
   * Writes the words of the counts from {@code first} on, block by block.
   *
   * @param w1 word 1 of every counter, and so forth
   */
  void words(int first, int w1, int w2, int w3, int[] schedule, int[] out, int at) {
    for (int from = 0; from < counts; from += MOST) {
      int n = Math.min(MOST, counts - from);
      for (int i = 0; i < n; i++) {
        c0[i] = first + from + i + schedule[0];
      }
      Arrays.fill(c1, 0, n, w1 + schedule[1]);
      Arrays.fill(c2, 0, n, w2 + schedule[2]);
      Arrays.fill(c3, 0, n, w3 + schedule[3]);
      for (int key = 4; key < schedule.length; key += 4) {
        int k0 = schedule[key];
        int k1 = schedule[key + 1];
        int k2 = schedule[key + 2];
        int k3 = schedule[key + 3];
        if (key % 8 == 4) {
          oddRounds(c0, c1, c2, c3, n, k0, k1, k2, k3);
        } else {
          evenRounds(c0, c1, c2, c3, n, k0, k1, k2, k3);
        }
      }
      int to = at + CounterRandom.place(from);
      for (int i = 0; i < n; i += CounterRandom.BLOCK_COUNTS) {
        for (int[] words : new int[][] {c0, c1, c2, c3}) {
          System.arraycopy(words, i, out, to, CounterRandom.BLOCK_COUNTS);
          to += CounterRandom.BLOCK_COUNTS;
        }
      }
    }
  }

  /** Four rounds and the key words after them, the first such four or every second from there. */
  private static void oddRounds(
      int[] c0, int[] c1, int[] c2, int[] c3, int n, int k0, int k1, int k2, int k3) {
    for (int i = 0; i < n; i++) {
      int a = c0[i];
      int b = c1[i];
      int c = c2[i];
      int d = c3[i];
      a += b;
      b = (b << 10 | b >>> 22) ^ a;
      c += d;
      d = (d << 26 | d >>> 6) ^ c;
      a += d;
      d = (d << 11 | d >>> 21) ^ a;
      c += b;
      b = (b << 21 | b >>> 11) ^ c;
      a += b;
      b = (b << 13 | b >>> 19) ^ a;
      c += d;
      d = (d << 27 | d >>> 5) ^ c;
      a += d;
      d = (d << 23 | d >>> 9) ^ a;
      c += b;
      b = (b << 5 | b >>> 27) ^ c;
      c0[i] = a + k0;
      c1[i] = b + k1;
      c2[i] = c + k2;
      c3[i] = d + k3;
    }
  }

  private static void evenRounds(
      int[] c0, int[] c1, int[] c2, int[] c3, int n, int k0, int k1, int k2, int k3) {
    for (int i = 0; i < n; i++) {
      int a = c0[i];
      int b = c1[i];
      int c = c2[i];
      int d = c3[i];
      a += b;
      b = (b << 6 | b >>> 26) ^ a;
      c += d;
      d = (d << 20 | d >>> 12) ^ c;
      a += d;
      d = (d << 17 | d >>> 15) ^ a;
      c += b;
      b = (b << 11 | b >>> 21) ^ c;
      a += b;
      b = (b << 25 | b >>> 7) ^ a;
      c += d;
      d = (d << 10 | d >>> 22) ^ c;
      a += d;
      d = (d << 18 | d >>> 14) ^ a;
      c += b;
      b = (b << 20 | b >>> 12) ^ c;
      c0[i] = a + k0;
      c1[i] = b + k1;
      c2[i] = c + k2;
      c3[i] = d + k3;
    }
  }
}
