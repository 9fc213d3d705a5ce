package org.velella.spark.job;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How an existing run is to go on; everything else stands in the run directory. Lives on the driver
 * only.
 */
public final class ResumeConfig {
  private final Builder values;

  private ResumeConfig(Builder values) {
    this.values = values;
  }

  /** A builder for the run in a directory. */
  public static Builder builder(String runDirectory) {
    return new Builder(runDirectory);
  }

  /** The run directory. */
  public String run() {
    return values.run;
  }

  /** Steps to go beyond the run's present target; 0: finish what is missing. */
  public long moreSteps() {
    return values.moreSteps;
  }

  /**
   * Steps between two checkpoints, as {@link RunConfig.Builder#checkpointEvery}.
   *
   * @param asBegun for a run whose interval is to stay
   */
  long checkpointEvery(long asBegun) {
    return values.checkpointEvery == null ? asBegun : values.checkpointEvery;
  }

  /** How it is to be computed. */
  public Manner manner() {
    return values.manner;
  }

  /**
   * The directory of the branch that leaves the run here; empty: the run itself goes on.
   *
   * @see ResumeJob
   */
  public String output() {
    return values.output;
  }

  /** Parameters that the branch has otherwise, by dotted path such as {@code lif.tau}. */
  public SortedMap<String, Double> changes() {
    return Collections.unmodifiableSortedMap(values.changes);
  }

  /** Collects what a user says. */
  public static final class Builder {
    private final String run;
    private long moreSteps;
    private Manner manner = Manner.USUAL;

    /** Null: as when the run began. */
    private Long checkpointEvery;

    private String output = "";
    private final SortedMap<String, Double> changes = new TreeMap<>();

    private Builder(String run) {
      this.run = run;
    }

    private Builder(Builder other) {
      run = other.run;
      moreSteps = other.moreSteps;
      manner = other.manner;
      checkpointEvery = other.checkpointEvery;
      output = other.output;
      changes.putAll(other.changes);
    }

    public Builder moreSteps(long value) {
      moreSteps = value;
      return this;
    }

    /**
     * Steps between two checkpoints; 0: one at the end; {@link Manner#AUTO}. Without this it is as
     * when the run began.
     */
    public Builder checkpointEvery(long value) {
      checkpointEvery = value;
      return this;
    }

    /** How it is to be computed, in all. */
    public Builder manner(Manner value) {
      manner = value;
      return this;
    }

    /** A backend's name, or {@code auto}. Never changes results. */
    public Builder backend(String value) {
      return manner(manner.withBackend(value));
    }

    /** Samples of one kernel pass; 0: chosen by memory. Never changes results. */
    public Builder tileSize(int value) {
      return manner(manner.withTileSize(value));
    }

    /** Tasks that the ranges are spread over; 0: about three per core. Never changes results. */
    public Builder partitions(int value) {
      return manner(manner.withPartitions(value));
    }

    /** Works only on the ranges in which some samples lie, as {@link RunConfig.Builder#select}. */
    public Builder select(String ids) {
      return manner(manner.withSamples(ids));
    }

    /** Whether one bad sample stops the run, as {@link RunConfig.Builder#failFast}. */
    public Builder failFast(boolean value) {
      return manner(manner.withFailFast(value));
    }

    /** Every how many tiles of a task one is computed twice and compared; 0: none. */
    public Builder selfCheck(int every) {
      return manner(manner.withSelfCheck(every));
    }

    /** What this call may spend; a run that goes on knows nothing of it. */
    public Builder budget(Budget value) {
      return manner(manner.withBudget(value));
    }

    /** How many tiles may be on a GPU at once; at least 1. Never changes results. */
    public Builder gpuPermits(int tiles) {
      return manner(manner.withGpuPermits(tiles));
    }

    /**
     * Files of each range that the checkpoint lists, to fall back on; at least 1. Without this it
     * is as when the run began.
     */
    public Builder keep(int value) {
      return manner(manner.withKeep(value));
    }

    /** Branches off into another directory, instead of going on with the run itself. */
    public Builder output(String value) {
      output = value;
      return this;
    }

    /**
     * Gives a parameter of the branch's network another value, for all neurons of the node.
     *
     * @param path the node's path and the parameter, such as {@code lif.tau}
     */
    public Builder set(String path, double value) {
      changes.put(path, value);
      return this;
    }

    /**
     * The configuration.
     *
     * @throws UsageException if something is missing or out of its range; the message names the
     *     option
     */
    public ResumeConfig build() {
      if (run.isBlank()) {
        throw new UsageException("The run directory is missing; give the directory to resume");
      }
      if (checkpointEvery != null && checkpointEvery != Manner.AUTO) {
        Manner.requireNotNegative("--checkpoint-every", checkpointEvery, "only at the end");
      }
      if (moreSteps < 0) {
        throw new UsageException(
            "--steps is +" + moreSteps + "; give +K to go K steps on, or leave it out");
      }
      if (!changes.isEmpty() && output.isBlank()) {
        throw new UsageException(
            "--set %s would change what the run in %s is; give --output for a branch that has it otherwise"
                .formatted(changes.firstKey(), run));
      }
      if (!output.isBlank() && !manner.sampleIds().isAll()) {
        throw new UsageException(
            "--samples %s and --output do not go together: a branch begins with all samples of the run; give --samples when you resume the branch"
                .formatted(manner.samples()));
      }
      return new ResumeConfig(new Builder(this));
    }
  }
}
