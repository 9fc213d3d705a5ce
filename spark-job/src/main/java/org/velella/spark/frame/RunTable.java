package org.velella.spark.frame;

import java.util.List;
import java.util.Locale;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.types.StructType;

/** The tables of a run: what their rows are, as Spark and as Parquet see it. */
public enum RunTable {
  /** One row for each simulated sample, once all steps are done. */
  RESULTS(
      "trial_id BIGINT NOT NULL, sample_id BIGINT NOT NULL, spike_counts ARRAY<INT>,"
          + " first_spike_step ARRAY<INT>, prediction INT, steps BIGINT NOT NULL, rate DOUBLE",
      """
      required int64 trial_id; required int64 sample_id;
      optional group spike_counts (LIST) { repeated group list { required int32 element; } }
      optional group first_spike_step (LIST) { repeated group list { required int32 element; } }
      optional int32 prediction; required int64 steps; optional double rate;
      """),
  /** One row for each spike of a recorded node. */
  SPIKES(
      "trial_id BIGINT NOT NULL, sample_id BIGINT NOT NULL, node STRING NOT NULL,"
          + " step INT NOT NULL, neuron INT NOT NULL",
      """
      required int64 trial_id; required int64 sample_id; required binary node (STRING);
      required int32 step; required int32 neuron;
      """),
  /** One row for each recorded variable of a node after each step. */
  TRACES(
      "trial_id BIGINT NOT NULL, sample_id BIGINT NOT NULL, node STRING NOT NULL,"
          + " variable STRING NOT NULL, step INT NOT NULL, values ARRAY<FLOAT> NOT NULL",
      """
      required int64 trial_id; required int64 sample_id; required binary node (STRING);
      required binary variable (STRING); required int32 step;
      required group values (LIST) { repeated group list { required float element; } }
      """),
  /** One row for each sample that could not be simulated; without an id where none is known. */
  FAILURES(
      "trial_id BIGINT NOT NULL, sample_id BIGINT, reason STRING NOT NULL, detail STRING NOT NULL",
      """
      required int64 trial_id; optional int64 sample_id; required binary reason (STRING);
      required binary detail (STRING);
      """);

  private final String columns;
  private final String fields;

  RunTable(String columns, String fields) {
    this.columns = columns;
    this.fields = fields;
  }

  /** Those that attempts record; results are made of the states. */
  public static List<RunTable> recorded() {
    return List.of(SPIKES, TRACES, FAILURES);
  }

  /** The table's name, its directory in a run, and its kind in a checkpoint: {@code spikes}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Where a run's published files of this table lie. */
  public String directory() {
    return text();
  }

  /** Where attempts write files of this table before a checkpoint lists them. */
  public String attempts() {
    return "_attempts/" + text();
  }

  /** The columns as Spark sees them. */
  public StructType schema() {
    return StructType.fromDDL(columns);
  }

  /** The columns in the files. */
  public MessageType message() {
    return MessageTypeParser.parseMessageType("message " + text() + " {" + fields + "}");
  }
}
