package org.velella.sweep;

/**
 * Numbers in (0, 1) for trials and dimensions, as a pure function of (seed, trial, dimension). Safe
 * for several threads.
 */
interface Sampler {
  /**
   * @param trial from 0
   * @param dimension from 0
   */
  double uniform(long trial, int dimension);
}
