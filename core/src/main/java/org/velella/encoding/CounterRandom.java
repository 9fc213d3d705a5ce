package org.velella.encoding;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Random numbers as a function of (seed, node path, sample id, step, element), so that there is
 * nothing to keep between steps and no partition, tile or order of work that could show.
 *
 * <p>The generator is Philox4x32-10 (Salmon et al. 2011). A node's key is the first 8 bytes of
 * SHA-256 over the seed (8 bytes, most significant first) and the path's UTF-8 bytes, read most
 * significant first; its low half is key word 0, its high half key word 1. The counter's four words
 * are: the block, the step, the low half and the high half of the sample id. Element i is word
 * {@code i & 3} of block {@code i >>> 2}.
 */
public final class CounterRandom {
  /** The words that one block gives. */
  public static final int BLOCK_WORDS = 4;

  /** The first step that has no counter. */
  public static final long STEPS = 1L << 32;

  /** Philox' multiplier of counter word 0. */
  public static final int MULTIPLIER_0 = 0xD2511F53;

  /** Philox' multiplier of counter word 2. */
  public static final int MULTIPLIER_1 = 0xCD9E8D57;

  /** What each round adds to key word 0. */
  public static final int WEYL_0 = 0x9E3779B9;

  /** What each round adds to key word 1. */
  public static final int WEYL_1 = 0xBB67AE85;

  /** How often the words are mixed. */
  public static final int ROUNDS = 10;

  private static final long UNSIGNED = 0xFFFFFFFFL;

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
    words(key(seed, path), sampleId, step, element >>> 2, 1, block, 0);
    return uniform(block[element & 3]);
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
   * @param out takes {@code 4 * blocks} words from {@code at} on
   */
  public static void words(
      long key, long sampleId, long step, int firstBlock, int blocks, int[] out, int at) {
    requireStep(step);
    for (int b = 0; b < blocks; b++) {
      philox(
          firstBlock + b,
          (int) step,
          (int) sampleId,
          (int) (sampleId >>> 32),
          (int) key,
          (int) (key >>> 32),
          out,
          at + BLOCK_WORDS * b);
    }
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

  /** Philox4x32-10 of one counter. */
  static void philox(int w0, int w1, int w2, int w3, int key0, int key1, int[] out, int at) {
    int c0 = w0;
    int c1 = w1;
    int c2 = w2;
    int c3 = w3;
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & UNSIGNED) * (c0 & UNSIGNED);
      long product1 = (MULTIPLIER_1 & UNSIGNED) * (c2 & UNSIGNED);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[at] = c0;
    out[at + 1] = c1;
    out[at + 2] = c2;
    out[at + 3] = c3;
  }
}
