package org.velella.module;

/**
 * What the random numbers of a module's forward depend on, besides step and element. A run of the
 * engine takes the run's seed, the samples' ids and the node's path; give a module the same, and it
 * draws the same numbers.
 *
 * @param path of the node, as it stands in memory names
 */
public record Noise(Samples samples, String path) {
  /** Seed 0, sample ids 0, 1, 2, … and the path {@code module}. */
  public static final Noise DEFAULT = new Noise(Samples.numbered(), "module");
}
