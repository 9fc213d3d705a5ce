package org.velella.spark.catalog;

/**
 * The formats of {@code spark.read().format("velella-spikes").load("run")}, one for each table of a
 * run. Spark finds them by their names; each reads what the run's newest manifest lists, as {@code
 * velella sql} does.
 */
public final class RunFormats {
  private RunFormats() {}

  /** {@code velella-results}: one row for each simulated sample. */
  public static final class Results extends RunFormat {
    public Results() {
      super("results");
    }
  }

  /** {@code velella-spikes}: one row for each recorded spike. */
  public static final class Spikes extends RunFormat {
    public Spikes() {
      super("spikes");
    }
  }

  /** {@code velella-traces}: one row for each recorded variable and step. */
  public static final class Traces extends RunFormat {
    public Traces() {
      super("traces");
    }
  }

  /** {@code velella-failures}: one row for each sample that could not be simulated. */
  public static final class Failures extends RunFormat {
    public Failures() {
      super("failures");
    }
  }

  /** {@code velella-metrics}: what users' metrics give, one row for each simulated sample. */
  public static final class Metrics extends RunFormat {
    public Metrics() {
      super("metrics");
    }
  }

  /** {@code velella-trials}: one row for each trial and what it sets. */
  public static final class Trials extends RunFormat {
    public Trials() {
      super("trials");
    }
  }

  /** {@code velella-checkpoint}: one row for each memory of each sample, as last committed. */
  public static final class Checkpoint extends RunFormat {
    public Checkpoint() {
      super("checkpoint");
    }
  }

  /** {@code velella-accuracy}: how many samples of each trial were predicted as labelled. */
  public static final class Accuracy extends RunFormat {
    public Accuracy() {
      super("accuracy");
    }
  }

  /** {@code velella-confusion}: how many samples of each label have which prediction. */
  public static final class Confusion extends RunFormat {
    public Confusion() {
      super("confusion");
    }
  }

  /** {@code velella-operations}: what each node did, one row for each sample and node. */
  public static final class Operations extends RunFormat {
    public Operations() {
      super("operations");
    }
  }
}
