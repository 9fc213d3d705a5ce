package org.velella.spark.job;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

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

  /** The run's input as a table, if a program has it at hand; else it is read from where it was. */
  public Optional<Dataset<Row>> inputTable() {
    return Optional.ofNullable(values.inputTable);
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
    return values.manner();
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
  public static final class Builder extends MannerBuilder<Builder> {
    private final String run;
    private long moreSteps;

    /** Null: as when the run began. */
    private Long checkpointEvery;

    /** Null if it is to be read. */
    private Dataset<Row> inputTable;

    private String output = "";
    private final SortedMap<String, Double> changes = new TreeMap<>();

    private Builder(String run) {
      this.run = run;
    }

    private Builder(Builder other) {
      run = other.run;
      moreSteps = other.moreSteps;
      manner(other.manner());
      checkpointEvery = other.checkpointEvery;
      inputTable = other.inputTable;
      output = other.output;
      changes.putAll(other.changes);
    }

    @Override
    Builder self() {
      return this;
    }

    /** As {@link ResumeConfig#inputTable()}; its rows must be those that the run began with. */
    public Builder input(Dataset<Row> table) {
      inputTable = table;
      return this;
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
      if (!output.isBlank() && !manner().sampleIds().isAll()) {
        throw new UsageException(
            "--samples %s and --output do not go together: a branch begins with all samples of the run; give --samples when you resume the branch"
                .formatted(manner().samples()));
      }
      return new ResumeConfig(new Builder(this));
    }
  }
}
