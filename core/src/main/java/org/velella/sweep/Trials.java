package org.velella.sweep;

import java.util.TreeMap;

/**
 * The trials of a sweep: every point of a space with every seed, the seeds varying fastest. A pure
 * function of the number, as the space is.
 */
public final class Trials {
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
    TreeMap<String, Double> numbers = new TreeMap<>();
    TreeMap<String, String> texts = new TreeMap<>();
    for (int p = 0; p < row.length; p++) {
      Parameter parameter = space.parameters().get(p);
      if (Double.isNaN(row[p])) {
        continue;
      }
      if (parameter.isNumber()) {
        numbers.put(parameter.path(), row[p]);
      } else {
        texts.put(parameter.path(), parameter.text(row[p]));
      }
    }
    return Trial.of(number, seeds[(int) (number % seeds.length)], numbers, texts);
  }
}
