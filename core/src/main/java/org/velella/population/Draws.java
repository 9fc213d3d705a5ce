package org.velella.population;

import org.velella.encoding.CounterRandom;

/**
 * The random numbers of one name under one seed. A stream of words belongs to a row and a purpose,
 * so that no row depends on how many numbers another one took.
 */
final class Draws {
  /** Which pairs are connected. */
  static final int WIRES = 0;

  static final int WEIGHTS = 1;
  static final int DELAYS = 2;

  private final long key;
  private final int[] words = new int[CounterRandom.BLOCK_WORDS];
  private long row;
  private int purpose;
  private int block;
  private int next;

  private Draws(long seed, String name) {
    key = CounterRandom.key(seed, name);
  }

  static Draws ofProjection(long seed, String name) {
    return new Draws(seed, "projection " + name);
  }

  static Draws ofParameter(long seed, String owner, String parameter) {
    return new Draws(seed, "parameter " + owner + "." + parameter);
  }

  /** Goes to the beginning of a stream. */
  Draws at(long ofRow, int forPurpose) {
    row = ofRow;
    purpose = forPurpose;
    block = 0;
    next = words.length;
    return this;
  }

  /** 32 random bits. */
  int word() {
    if (next == words.length) {
      CounterRandom.words(key, row, purpose, block++, 1, words, 0);
      next = 0;
    }
    return words[next++];
  }

  /** In (0, 1). */
  double unit() {
    return (Integer.toUnsignedLong(word()) + 0.5) * 0x1p-32;
  }

  /** In [0, bound), each number as likely as the other. */
  int below(int bound) {
    long product = Integer.toUnsignedLong(word()) * bound;
    if (Integer.compareUnsigned((int) product, bound) < 0) {
      int least = Integer.remainderUnsigned(-bound, bound);
      while (Integer.compareUnsigned((int) product, least) < 0) {
        product = Integer.toUnsignedLong(word()) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** In [0, bound), each number as likely as the other. */
  long below(long bound) {
    long mask = bound == 1 ? 0 : -1L >>> Long.numberOfLeadingZeros(bound - 1);
    long found;
    do {
      found = (Integer.toUnsignedLong(word()) << 32 | Integer.toUnsignedLong(word())) & mask;
    } while (found >= bound);
    return found;
  }

  /** One number of a distribution; a normal one takes two words, others one. */
  double draw(Values values) {
    if (values instanceof Values.Clipped clipped) {
      return Math.min(Math.max(draw(clipped.of()), clipped.low()), clipped.high());
    }
    if (values instanceof Values.Uniform uniform) {
      return uniform.low() + (uniform.high() - uniform.low()) * unit();
    }
    if (values instanceof Values.Normal normal) {
      return normal.mean() + normal.deviation() * normal();
    }
    if (values instanceof Values.LogNormal logs) {
      return StrictMath.exp(logs.mu() + logs.sigma() * normal());
    }
    return ((Values.Constant) values).value();
  }

  /** Box and Muller's transform of two words. */
  private double normal() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(unit()));
    return radius * StrictMath.cos(2 * Math.PI * unit());
  }
}
