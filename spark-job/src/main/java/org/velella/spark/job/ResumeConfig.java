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

  /** A backend's name, or {@code auto}. Never changes results. */
  public String backend() {
    return values.backend;
  }

  /** Samples of one kernel pass; 0: chosen by memory. Never changes results. */
  public int tileSize() {
    return values.tileSize;
  }

  /** Tasks that the ranges are spread over; 0: about three per core. Never changes results. */
  public int partitions() {
    return values.partitions;
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
    private String backend = "auto";
    private int tileSize;
    private int partitions;
    private String output = "";
    private final SortedMap<String, Double> changes = new TreeMap<>();

    private Builder(String run) {
      this.run = run;
    }

    private Builder(Builder other) {
      run = other.run;
      moreSteps = other.moreSteps;
      backend = other.backend;
      tileSize = other.tileSize;
      partitions = other.partitions;
      output = other.output;
      changes.putAll(other.changes);
    }

    public Builder moreSteps(long value) {
      moreSteps = value;
      return this;
    }

    public Builder backend(String value) {
      backend = value;
      return this;
    }

    public Builder tileSize(int value) {
      tileSize = value;
      return this;
    }

    public Builder partitions(int value) {
      partitions = value;
      return this;
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
      if (moreSteps < 0) {
        throw new UsageException(
            "--steps is +" + moreSteps + "; give +K to go K steps on, or leave it out");
      }
      if (tileSize < 0 || partitions < 0) {
        throw new UsageException(
            "--tile-size is %d and --partitions is %d; give positive numbers, or 0 for a choice"
                .formatted(tileSize, partitions));
      }
      if (!changes.isEmpty() && output.isBlank()) {
        throw new UsageException(
            "--set %s would change what the run in %s is; give --output for a branch that has it otherwise"
                .formatted(changes.firstKey(), run));
      }
      return new ResumeConfig(new Builder(this));
    }
  }
}
