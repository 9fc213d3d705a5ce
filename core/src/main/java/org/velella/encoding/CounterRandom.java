package org.velella.encoding;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Random numbers as a function of (seed, node path, sample id, step, element), so that there is
 * nothing to keep between steps and no partition, tile or order of work that could show.
 *
 * <p>The generator is Threefry4x32-20 (Salmon et al. 2011). A node's key is the first 8 bytes of
 * SHA-256 over the seed (8 bytes, most significant first) and the path's UTF-8 bytes, read most
 * significant first; its low half is key word 0, its high half key word 1; key words 2 and 3 are 0.
 * The counter's four words are: the count, the step, the low half and the high half of the sample
 * id.
 *
 * <p>Words come in blocks of {@value #BLOCK_WORDS}, made of {@value #BLOCK_COUNTS} counts: first
 * word 0 of each, then word 1 of each, and so on. So element i is word {@code i >>> 4 & 3} of count
 * {@code 16 * (i >>> 6) + (i & 15)}, and a vector of counts writes its words as they are.
 */
public final class CounterRandom {
  /** The counts whose words lie side by side. */
  public static final int BLOCK_COUNTS = 16;

  /** The words that one block gives. */
  public static final int BLOCK_WORDS = 4 * BLOCK_COUNTS;

  /** The first step that has no counter. */
  public static final long STEPS = 1L << 32;

  /** How often the words are mixed; after every fourth time four key words are added. */
  private static final int ROUNDS = 20;

  private static final int PARITY = 0x1BD11BDA;

  private CounterRandom() {}

  /**
   * The key of a node's numbers.
   *
   * @param path the node's path as it stands in memory names, such as {@code encoder}
   */
  public static long key(long seed, String path) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
      return ByteBuffer.wrap(digest.digest(path.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** One number in [0, 1); of many, take {@link #words} and {@link #uniform(int)}. */
  public static float uniform(long seed, String path, long sampleId, long step, int element) {
    int[] block = new int[BLOCK_WORDS];
    words(key(seed, path), sampleId, step, element / BLOCK_WORDS, 1, block, 0);
    return uniform(block[element % BLOCK_WORDS]);
  }

  /** The number in [0, 1) that a word gives: its upper 24 bits, in units of 2^-24. */
  public static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  /**
   * Writes the words of consecutive blocks.
   *
   * @param key of {@link #key}
   * @param step in [0, 2^32)
   * @param firstBlock counts from 0
   * @param out takes {@value #BLOCK_WORDS} words a block, from {@code at} on
   */
  public static void words(
      long key, long sampleId, long step, int firstBlock, int blocks, int[] out, int at) {
    requireStep(step);
    int[] schedule = schedule((int) key, (int) (key >>> 32), 0, 0);
    int high = (int) (sampleId >>> 32);
    int done = blocks < ManyCounts.FEWEST_BLOCKS ? 0 : BLOCK_COUNTS * blocks;
    if (done > 0) {
      int first = BLOCK_COUNTS * firstBlock;
      new ManyCounts(done).words(first, (int) step, (int) sampleId, high, schedule, out, at);
    }
    for (int c = done; c < BLOCK_COUNTS * blocks; c++) {
      int count = BLOCK_COUNTS * firstBlock + c;
      threefry(count, (int) step, (int) sampleId, high, schedule, out, at + place(c), BLOCK_COUNTS);
    }
  }

  /** Where in the blocks from count 0 on word 0 of a count lies. */
  public static int place(int count) {
    return count / BLOCK_COUNTS * BLOCK_WORDS + count % BLOCK_COUNTS;
  }

  /**
   * What is added to the four words before the rounds and after every fourth: the key words and
   * their parity in turn, and to the last word also how often words were added.
   */
  public static int[] schedule(int key0, int key1, int key2, int key3) {
    int[] keys = {key0, key1, key2, key3, PARITY ^ key0 ^ key1 ^ key2 ^ key3};
    int[] schedule = new int[4 + ROUNDS];
    for (int i = 0; i < schedule.length; i++) {
      schedule[i] = keys[(i / 4 + i % 4) % keys.length] + (i % 4 == 3 ? i / 4 : 0);
    }
    return schedule;
  }

  /**
   * Refuses a step that the counter cannot hold.
   *
   * @throws IllegalArgumentException if it is negative or at least {@value #STEPS}
   */
  public static void requireStep(long step) {
    if (step < 0 || step >= STEPS) {
      throw new IllegalArgumentException(
          "Random numbers exist for steps 0 to %d, asked for step %d; start a new run with another"
                  .formatted(STEPS - 1, step)
              + " seed");
    }
  }

  /** Threefry4x32-20 of one counter; its words lie {@code stride} apart. */
  static void threefry(
      int w0, int w1, int w2, int w3, int[] schedule, int[] out, int at, int stride) {
    int c0 = w0 + schedule[0];
    int c1 = w1 + schedule[1];
    int c2 = w2 + schedule[2];
    int c3 = w3 + schedule[3];
    for (int key = 4; ; key += 8) {
      c0 += c1;
      c1 = Integer.rotateLeft(c1, 10) ^ c0;
      c2 += c3;
      c3 = Integer.rotateLeft(c3, 26) ^ c2;
      c0 += c3;
      c3 = Integer.rotateLeft(c3, 11) ^ c0;
      c2 += c1;
      c1 = Integer.rotateLeft(c1, 21) ^ c2;
      c0 += c1;
      c1 = Integer.rotateLeft(c1, 13) ^ c0;
      c2 += c3;
      c3 = Integer.rotateLeft(c3, 27) ^ c2;
      c0 += c3;
      c3 = Integer.rotateLeft(c3, 23) ^ c0;
      c2 += c1;
      c1 = Integer.rotateLeft(c1, 5) ^ c2;
      c0 += schedule[key];
      c1 += schedule[key + 1];
      c2 += schedule[key + 2];
      c3 += schedule[key + 3];
      if (key == ROUNDS) {
        break;
      }
      c0 += c1;
      c1 = Integer.rotateLeft(c1, 6) ^ c0;
      c2 += c3;
      c3 = Integer.rotateLeft(c3, 20) ^ c2;
      c0 += c3;
      c3 = Integer.rotateLeft(c3, 17) ^ c0;
      c2 += c1;
      c1 = Integer.rotateLeft(c1, 11) ^ c2;
      c0 += c1;
      c1 = Integer.rotateLeft(c1, 25) ^ c0;
      c2 += c3;
      c3 = Integer.rotateLeft(c3, 10) ^ c2;
      c0 += c3;
      c3 = Integer.rotateLeft(c3, 18) ^ c0;
      c2 += c1;
      c1 = Integer.rotateLeft(c1, 20) ^ c2;
      c0 += schedule[key + 4];
      c1 += schedule[key + 5];
      c2 += schedule[key + 6];
      c3 += schedule[key + 7];
    }
    out[at] = c0;
    out[at + stride] = c1;
    out[at + 2 * stride] = c2;
    out[at + 3 * stride] = c3;
  }
}
