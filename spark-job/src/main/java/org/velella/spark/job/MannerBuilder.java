package org.velella.spark.job;

/**
 * Collects how something is to be computed, none of which ever changes results.
 *
 * @param <B> the builder that goes on
 */
public abstract class MannerBuilder<B extends MannerBuilder<B>> {
  private Manner manner = Manner.USUAL;

  MannerBuilder() {}

  abstract B self();

  Manner manner() {
    return manner;
  }

  /** How it is to be computed, in all. */
  public B manner(Manner value) {
    manner = value;
    return self();
  }

  /** A backend's name, or {@code auto}. */
  public B backend(String value) {
    return manner(manner.withBackend(value));
  }

  /** Samples of one kernel pass; 0: chosen by memory. */
  public B tileSize(int value) {
    return manner(manner.withTileSize(value));
  }

  /** Tasks that the ranges are spread over; 0: about three per core. */
  public B partitions(int value) {
    return manner(manner.withPartitions(value));
  }

  /**
   * Works only on the ranges in which some samples lie, by their ids: {@code FROM:TO}, several
   * separated by commas; empty: all.
   */
  public B select(String ids) {
    return manner(manner.withSamples(ids));
  }

  /** Whether one bad sample stops the run, before anything is computed if it is known then. */
  public B failFast(boolean value) {
    return manner(manner.withFailFast(value));
  }

  /**
   * Seconds that one executor lives on average; for advice and {@link Manner#AUTO}. Without this it
   * is as when the run began.
   */
  public B mtbfSeconds(double value) {
    return manner(manner.withMtbfSeconds(value));
  }

  /** Every how many tiles of a task one is computed twice and compared; 0: none. */
  public B selfCheck(int every) {
    return manner(manner.withSelfCheck(every));
  }

  /** What this call may spend; a run that goes on knows nothing of it. */
  public B budget(Budget value) {
    return manner(manner.withBudget(value));
  }

  /** How many tiles may be on a GPU at once; at least 1. */
  public B gpuPermits(int tiles) {
    return manner(manner.withGpuPermits(tiles));
  }

  /**
   * What becomes of a run that may record more than there is room for: {@code refuse}, or {@code
   * warn} and go on.
   */
  public B littleRoom(String otherwise) {
    return manner(manner.withLittleRoom(Manner.requireLittleRoom(otherwise)));
  }

  /**
   * Files of each range that the checkpoint lists, to fall back on; at least 1. Without this it is
   * as when the run began, and for a new run {@link Manner#USUAL_KEEP}.
   */
  public B keep(int value) {
    return manner(manner.withKeep(value));
  }
}
