package org.velella.spark.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.velella.provenance.Secrets;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.InputSources;

/**
 * Everything that a user says about a run; built by name, checked as far as that needs no file.
 * Lives on the driver only.
 */
public final class RunConfig {
  private final Builder values;

  private RunConfig(Builder values) {
    this.values = values;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Where the network is: a path or a URI that Hadoop's file systems know. */
  public String network() {
    return values.network;
  }

  /** The discretisation convention by which a NIR file is read, such as {@code norse}. */
  public String convention() {
    return values.convention;
  }

  /** Seconds of one step. */
  public double dt() {
    return values.dt;
  }

  /** Where the input is: a {@code .npy} file, or anything that Spark reads. */
  public String input() {
    return values.input;
  }

  /** A table of input that is at hand already, with the columns that a file would have. */
  public Optional<Dataset<Row>> inputTable() {
    return Optional.ofNullable(values.inputTable);
  }

  /** {@code auto} (by the name's ending), {@code npy}, or a Spark data source such as parquet. */
  public String inputFormat() {
    return values.inputFormat;
  }

  /**
   * How an array's axes are to be read: {@code dense}, {@code events}, or {@code auto} by shape and
   * element type.
   */
  public String inputLayout() {
    return values.inputLayout;
  }

  /**
   * Options of the Spark data source, such as {@code sep} for csv. Csv files are taken to have a
   * header line and doubled quotes, unless options say otherwise; their arrays stand in quotes as
   * JSON: {@code "[0.5, 1]"}, {@code "[{""step"": 3, ""index"": 0}]"}.
   */
  public Map<String, String> inputOptions() {
    return Map.copyOf(values.inputOptions);
  }

  /** Number of samples, numbered from 0; 0: as many as the input has. */
  public long samples() {
    return values.samples;
  }

  /** Steps to simulate, at least 1. */
  public long steps() {
    return values.steps;
  }

  /** The run directory. */
  public String output() {
    return values.output;
  }

  /** What to record over time, such as {@code spikes,v:lif}; empty: only results. */
  public String record() {
    return values.record;
  }

  /**
   * Statistics of the outputs' spikes beyond their counts, as {@link
   * org.velella.simulate.OutputMetrics} reads them; empty: none.
   */
  public String metrics() {
    return values.metrics;
  }

  /**
   * When a sample need not be simulated further, as {@link org.velella.simulate.StopRule} reads it;
   * empty: never.
   */
  public String stopWhen() {
    return values.stopWhen;
  }

  /** Steps from one look at {@link #stopWhen()} to the next. */
  public int stopEvery() {
    return values.stopEvery;
  }

  /** Steps between two checkpoints; 0: one at the end; {@link Manner#AUTO}: as is worth it. */
  public long checkpointEvery() {
    return values.checkpointEvery;
  }

  public long seed() {
    return values.seed;
  }

  /** How it is to be computed. */
  public Manner manner() {
    return values.manner();
  }

  /** Samples of one range, the unit of checkpoint and output; 0: chosen. Fixed once a run began. */
  public int rangeSize() {
    return values.rangeSize;
  }

  /**
   * The parameters that trials have, as {@link org.velella.sweep.Spaces} reads them from JSON;
   * empty if the run is no sweep.
   */
  public String space() {
    return values.space;
  }

  /** The seeds of a sweep: every point of the space is run with each. */
  public List<Long> seeds() {
    return values.seeds.isEmpty() ? List.of(values.seed) : values.seeds;
  }

  /**
   * Where a table of trials is, which vary beside {@link #space()}: one trial per row, one
   * parameter per column and perhaps {@code seed}; empty if there is none.
   */
  public String trials() {
    return values.trials;
  }

  /** {@code auto} (by the name's ending), or a Spark data source such as csv. */
  public String trialsFormat() {
    return values.trialsFormat;
  }

  /** A table of trials that is at hand already. */
  public Optional<Dataset<Row>> trialsTable() {
    return Optional.ofNullable(values.trialsTable);
  }

  /** Further metrics, as SQL over the results' columns and dt, by name; empty takes one away. */
  public Map<String, String> userMetrics() {
    return values.userMetrics;
  }

  /** Whether the run has trials. */
  boolean isSweep() {
    return !values.space.isEmpty() || !values.trials.isEmpty() || values.trialsTable != null;
  }

  /** Collects what a user says. */
  public static final class Builder extends MannerBuilder<Builder> implements Cloneable {
    private String network = "";
    private String convention = "norse";
    private double dt = 1e-4;
    private String input = "";

    /** Null if there is none. */
    private Dataset<Row> inputTable;

    private String inputFormat = "auto";
    private String inputLayout = "auto";
    private Map<String, String> inputOptions = new TreeMap<>();
    private long samples;
    private long steps;
    private String output = "";
    private String record = "";
    private String metrics = "";
    private Map<String, String> userMetrics = Map.of();
    private String stopWhen = "";
    private int stopEvery = StopRule.USUAL_EVERY;
    private long checkpointEvery;
    private long seed;
    private int rangeSize;
    private String space = "";
    private List<Long> seeds = List.of();
    private String trials = "";
    private String trialsFormat = "auto";

    /** Null if there is none. */
    private Dataset<Row> trialsTable;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    private Builder copy() {
      try {
        Builder copy = (Builder) clone();
        copy.inputOptions = new TreeMap<>(inputOptions);
        return copy;
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("A builder can be cloned", e);
      }
    }

    public Builder network(String value) {
      network = value;
      return this;
    }

    public Builder convention(String value) {
      convention = value;
      return this;
    }

    public Builder dt(double value) {
      dt = value;
      return this;
    }

    public Builder input(String value) {
      input = value;
      // What the format said belongs to the input before.
      if (inputTable != null || inputFormat.equals(InputSources.STIMULUS)) {
        inputTable = null;
        inputFormat = "auto";
      }
      return this;
    }

    /**
     * Input that is at hand as a table: {@code sample_id}, and {@code input} or {@code events}. It
     * is computed more than once, so it must have the same rows each time. Only a program that has
     * the same rows can go on with the run.
     */
    public Builder input(Dataset<Row> table) {
      input = "the DataFrame";
      inputFormat = InputSources.TABLE;
      inputTable = table;
      return this;
    }

    public Builder inputFormat(String value) {
      inputFormat = value;
      return this;
    }

    public Builder inputLayout(String value) {
      inputLayout = value;
      return this;
    }

    public Builder inputOption(String name, String value) {
      Secrets.remember(name, value);
      inputOptions.put(name, value);
      return this;
    }

    public Builder samples(long value) {
      samples = value;
      return this;
    }

    public Builder steps(long value) {
      steps = value;
      return this;
    }

    public Builder output(String value) {
      output = value;
      return this;
    }

    public Builder record(String value) {
      record = value;
      return this;
    }

    /** As {@link RunConfig#userMetrics()}, which keeps the order. */
    public Builder userMetrics(Map<String, String> sqlByName) {
      userMetrics = Collections.unmodifiableMap(new LinkedHashMap<>(sqlByName));
      return this;
    }

    public Builder metrics(String value) {
      metrics = value;
      return this;
    }

    /**
     * As {@link RunConfig#stopWhen()}.
     *
     * @param every steps from one look to the next
     */
    public Builder stopWhen(String condition, int every) {
      stopWhen = condition;
      stopEvery = every;
      return this;
    }

    public Builder checkpointEvery(long value) {
      checkpointEvery = value;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder rangeSize(int value) {
      rangeSize = value;
      return this;
    }

    /** As {@link RunConfig#space()}. */
    public Builder space(String value) {
      space = value;
      return this;
    }

    /** As {@link RunConfig#seeds()}; none: the one seed. */
    public Builder seeds(List<Long> values) {
      seeds = List.copyOf(values);
      return this;
    }

    /** As {@link RunConfig#trials()} and {@link RunConfig#trialsFormat()}. */
    public Builder trials(String path, String format) {
      trials = path;
      trialsFormat = format;
      return this;
    }

    /**
     * The trials as a table, with columns as {@link RunConfig#trials()} says. Its rows are fetched
     * to the driver, which keeps 8 bytes a cell and its text.
     */
    public Builder trials(Dataset<Row> table) {
      trialsTable = table;
      return this;
    }

    /**
     * The configuration.
     *
     * @throws UsageException if something is missing or out of its range; the message names the
     *     option
     */
    public RunConfig build() {
      RunConfig config = new RunConfig(copy());
      RunConfigCheck.require(config);
      return config;
    }
  }
}
