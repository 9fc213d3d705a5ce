package org.velella.neuron;

/**
 * What a neuron that does not spike sends in each step: its potential, or one number that stands
 * for all potentials since its start. The seed decodes at the end of a sequence, which is what the
 * last step sends here.
 */
public enum Decoding {
  /** The potential ({@code None} and {@code 'last_mem'} in the seed). */
  EACH_STEP("  output y = v\n"),

  /** The highest potential ({@code 'max-mem'}). */
  MAXIMUM(
      """
        memory best = 0, steps = 0
        charge best = where(steps == 0, v, max(best, v))
        charge steps = steps + 1
        output y = best
      """),

  /** The potential furthest from 0; of two equally far the negative one ({@code 'max-abs-mem'}). */
  LARGEST(
      """
        memory highest = 0, lowest = 0, steps = 0
        charge highest = where(steps == 0, v, max(highest, v))
        charge lowest = where(steps == 0, v, min(lowest, v))
        charge steps = steps + 1
        output y = where(highest > -lowest, highest, lowest)
      """),

  /** The mean potential ({@code 'mean-mem'}). */
  MEAN(
      """
        memory total = 0, steps = 0
        charge total = total + v
        charge steps = steps + 1
        output y = total / steps
      """);

  private final String lines;

  Decoding(String lines) {
    this.lines = lines;
  }

  /** The lines of a model that say so, with its potential in {@code v}. */
  String lines() {
    return lines;
  }
}
