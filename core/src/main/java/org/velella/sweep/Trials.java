package org.velella.sweep;

import java.util.TreeMap;

/**
 * The trials of a sweep: every point of a space with every seed, the seeds varying fastest. A pure
 * function of the number, as the space is.
 *
 * <p>A space may set the seed itself, by the path {@link #SEED}. A point that has a seed of its own
 * is the same trial for each of the seeds.
 */
public final class Trials {
  /** The path by which a space sets the seed of its trials. */
  public static final String SEED = "seed";

  /** The path by which a space sets how many steps a trial has. */
  public static final String STEPS = "steps";

  /** The path by which a space sets the file that a trial's network is read from. */
  public static final String WEIGHTS = "weights";

  /** Beyond this, float64 has not every whole number. */
  private static final double LARGEST_SEED = 0x1p53;

  private final ParameterSpace space;
  private final long[] seeds;

  /**
   * @param seeds of random numbers, each once; every point is run with each
   * @throws IllegalArgumentException if there is no seed, one comes twice, or there are more trials
   *     than can be counted
   */
  public Trials(ParameterSpace space, long... seeds) {
    this.space = space;
    this.seeds = seeds.clone();
    if (seeds.length == 0 || java.util.Arrays.stream(seeds).distinct().count() < seeds.length) {
      throw new IllegalArgumentException(
          "A sweep needs seeds, each once, found " + java.util.Arrays.toString(seeds));
    }
    try {
      Math.multiplyExact(space.trials(), seeds.length);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("There are more trials than can be counted", e);
    }
  }

  /** How many there are. */
  public long count() {
    return space.trials() * seeds.length;
  }

  /** The points that are run with every seed. */
  ParameterSpace space() {
    return space;
  }

  /**
   * One of them.
   *
   * @throws IndexOutOfBoundsException if there is none of that number
   */
  public Trial trial(long number) {
    if (number < 0 || number >= count()) {
      throw new IndexOutOfBoundsException("Trial " + number + " of " + count());
    }
    double[] row = space.row(number / seeds.length);
    long seed = seeds[(int) (number % seeds.length)];
    TreeMap<String, Double> numbers = new TreeMap<>();
    TreeMap<String, String> texts = new TreeMap<>();
    for (int p = 0; p < row.length; p++) {
      Parameter parameter = space.parameters().get(p);
      if (Double.isNaN(row[p])) {
        continue;
      }
      if (parameter.path().equals(SEED)) {
        seed = ownSeed(parameter, row[p]);
      } else if (parameter.isNumber()) {
        numbers.put(parameter.path(), row[p]);
      } else {
        texts.put(parameter.path(), parameter.text(row[p]));
      }
    }
    return Trial.of(number, seed, numbers, texts);
  }

  private static long ownSeed(Parameter parameter, double value) {
    if (!parameter.isNumber() || value != Math.rint(value) || Math.abs(value) > LARGEST_SEED) {
      throw new IllegalArgumentException(
          "A seed is a whole number from -2^53 to 2^53, found " + parameter.text(value));
    }
    return (long) value;
  }
}
