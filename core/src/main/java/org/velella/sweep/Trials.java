package org.velella.sweep;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

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

  /** Trials whose ids one thread computes in one piece. */
  private static final int PART = 2048;

  private final ParameterSpace space;
  private final long[] seeds;
  private final List<Parameter> parameters;

  /** The place of the parameter that is the seed; -1 if there is none. */
  private final int seedAt;

  private final TrialIds ids;

  /**
   * @param seeds of random numbers, each once; every point is run with each
   * @throws IllegalArgumentException if there is no seed, one comes twice, or there are more trials
   *     than can be counted
   */
  public Trials(ParameterSpace space, long... seeds) {
    this.space = space;
    this.seeds = seeds.clone();
    parameters = List.copyOf(space.parameters());
    seedAt = parameters.stream().map(Parameter::path).toList().indexOf(SEED);
    ids = new TrialIds(parameters);
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
    return trial(number, number, ids.hasher());
  }

  /** One of them by another number, such as its place in a list. */
  Trial trial(long number, long otherNumber, TrialIds.Hasher hasher) {
    double[] row = row(number);
    SortedMap<String, Double> numbers = new TreeMap<>();
    SortedMap<String, String> texts = new TreeMap<>();
    for (int p = 0; p < row.length; p++) {
      Parameter parameter = parameters.get(p);
      if (Double.isNaN(row[p]) || p == seedAt) {
        continue;
      }
      if (parameter.isNumber()) {
        numbers.put(parameter.path(), row[p]);
      } else {
        texts.put(parameter.path(), parameter.text(row[p]));
      }
    }
    long seed = seed(number, row);
    return new Trial(otherNumber, hasher.id(row, seed), seed, numbers, texts);
  }

  private double[] row(long number) {
    if (number < 0 || number >= count()) {
      throw new IndexOutOfBoundsException("Trial " + number + " of " + count());
    }
    return space.row(number / seeds.length);
  }

  private long seed(long number, double[] row) {
    return seedAt < 0 || Double.isNaN(row[seedAt])
        ? seeds[(int) (number % seeds.length)]
        : ownSeed(parameters.get(seedAt), row[seedAt]);
  }

  /** For one thread: what makes the ids of many of them. */
  TrialIds.Hasher hasher() {
    return ids.hasher();
  }

  /**
   * The ids of some of them, computed by several threads.
   *
   * @param count how many
   * @param numbers of each its number
   */
  long[] ids(int count, IntToLongFunction numbers) {
    long[] all = new long[count];
    int parts = (count + PART - 1) / PART;
    RuntimeException[] thrown = new RuntimeException[parts];
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              TrialIds.Hasher hasher = ids.hasher();
              try {
                for (int i = part * PART; i < Math.min(count, (part + 1) * PART); i++) {
                  long number = numbers.applyAsLong(i);
                  double[] row = row(number);
                  all[i] = hasher.id(row, seed(number, row));
                }
              } catch (RuntimeException e) {
                // Of several, callers see the first, with its own message.
                thrown[part] = e;
              }
            });
    for (RuntimeException each : thrown) {
      if (each != null) {
        throw each;
      }
    }
    return all;
  }

  private static long ownSeed(Parameter parameter, double value) {
    if (!parameter.isNumber() || value != Math.rint(value) || Math.abs(value) > LARGEST_SEED) {
      throw new IllegalArgumentException(
          "A seed is a whole number from -2^53 to 2^53, found " + parameter.text(value));
    }
    return (long) value;
  }
}
