package org.velella.spark.bench;

import java.util.List;

/**
 * How to measure.
 *
 * @param threads numbers of threads to measure with, the least first, one after the other; the work
 *     is shared out
 * @param runs timed runs of each variant
 * @param only a part of the names of the variants to measure; empty for all
 * @param subject what {@code net} measures; null for the others
 */
public record BenchOptions(List<Integer> threads, int runs, String only, Subject subject) {
  /**
   * A network and its input.
   *
   * @param network a network file
   * @param convention how a NIR file's equations become steps
   * @param dt seconds of one step
   * @param input a {@code .npy} file of events {@code [E, 3]}: sample, step, index
   * @param steps to simulate
   */
  public record Subject(String network, String convention, double dt, String input, int steps) {}

  /**
   * @throws IllegalArgumentException if a number is not positive
   */
  public BenchOptions {
    threads = threads.stream().distinct().sorted().toList();
    if (runs < 1 || threads.isEmpty() || threads.stream().anyMatch(count -> count < 1)) {
      throw new IllegalArgumentException(
          "Give at least 1 run and 1 thread, found " + runs + " runs and threads " + threads);
    }
  }

  boolean wants(String variant) {
    return variant.contains(only);
  }
}
