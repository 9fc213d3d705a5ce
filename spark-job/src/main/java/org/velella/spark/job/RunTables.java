package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.SampleRange;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.simulate.Probes;
import org.velella.spark.frame.ResultColumns;
import org.velella.spark.frame.RunTable;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.task.ReadStates;
import org.velella.spark.task.TrialRows;
import org.velella.sweep.Parameter;
import org.velella.sweep.TrialList;

/**
 * A run's tables as data frames. They are made of the files that the run's checkpoint lists, so a
 * running or interrupted run shows exactly what is committed, and nothing of lost attempts.
 */
public final class RunTables {
  /** Whether Spark takes paths for patterns; a run's directory may well be named {@code run[2]}. */
  private static final String GLOB = "__globPaths__";

  private static final String FIRST_OF_RESULTS = "spike_counts";

  private static final Map<String, Function<RunTables, Dataset<Row>>> BY_NAME = byName();

  /** Of a query over states; each takes one range after the other. */
  private static final int MOST_TASKS = 10_000;

  private static final StructType LABELS =
      StructType.fromDDL("sample_id BIGINT NOT NULL, label INT");

  private final SparkSession spark;
  private final RunDirectory directory;
  private final Manifest manifest;
  private final ListedFiles listed;

  private RunTables(SparkSession spark, RunDirectory directory, Manifest manifest) {
    this.spark = spark;
    this.directory = directory;
    this.manifest = manifest;
    listed = new ListedFiles(directory, manifest);
  }

  /**
   * The tables of the run in a directory, as they are now.
   *
   * @throws UsageException if there is no run
   * @throws org.velella.checkpoint.CheckpointException if no manifest can be read
   * @throws RunFailedException of a table, if a file that the manifest lists is missing, or if the
   *     run has gone on since and its results are those of later steps
   */
  public static RunTables open(SparkSession spark, String run) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    RunDirectory directory = RunDirectory.of(run, conf);
    directory.spec();
    try {
      Manifest manifest =
          new ManifestLog(directory.store()).latest().map(ManifestHead::manifest).orElse(null);
      return new RunTables(spark, directory, manifest);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the checkpoint of " + run, e);
    }
  }

  /** The tables of a run as they were when a manifest was its newest. */
  static RunTables at(SparkSession spark, RunDirectory directory, Manifest manifest) {
    return new RunTables(spark, directory, manifest);
  }

  private static Map<String, Function<RunTables, Dataset<Row>>> byName() {
    Map<String, Function<RunTables, Dataset<Row>>> tables = new LinkedHashMap<>();
    for (RunTable table : RunTable.values()) {
      tables.put(table.text(), run -> run.table(table));
    }
    tables.put(MetricsTable.DIRECTORY, RunTables::metrics);
    tables.put("trials", RunTables::trials);
    tables.put("checkpoint", RunTables::checkpoint);
    tables.put(LabelledResults.ACCURACY, RunTables::accuracy);
    tables.put(LabelledResults.CONFUSION, RunTables::confusion);
    tables.put(OperationsTable.NAME, RunTables::operations);
    return tables;
  }

  /** Names of the tables that every run has, if only without rows: results, spikes, … */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /** Opens a run and makes its tables views of the session, under their {@link #names}. */
  public static RunTables register(SparkSession spark, String run) {
    RunTables tables = open(spark, run);
    tables.createViews();
    return tables;
  }

  /** Makes these tables views of the session, under their {@link #names}: all, or else none. */
  public void createViews() {
    Map<String, Dataset<Row>> views = new LinkedHashMap<>();
    BY_NAME.forEach((name, table) -> views.put(name, table.apply(this)));
    views.forEach((name, rows) -> rows.createOrReplaceTempView(name));
  }

  /**
   * A table by its name, in small or capital letters.
   *
   * @throws UsageException if there is none of that name; the message has those there are
   */
  public Dataset<Row> table(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)))
        .orElseThrow(
            () ->
                new UsageException(
                    "The run in %s has no table '%s'; it has %s"
                        .formatted(location(), name, String.join(", ", names()))))
        .apply(this);
  }

  /** The run's directory as users name it. */
  public String location() {
    return directory.location();
  }

  /** Seconds of one step. */
  public double dt() {
    return directory.spec().provenance().dt();
  }

  /** What was simulated. */
  public Network network() {
    return NetworkCodec.fromBytes(directory.networkBytes(directory.spec().networkDigest()));
  }

  /** What the run records over time. */
  Probes probes() {
    return Probes.parse(directory.spec().record(), network());
  }

  /**
   * What a trial simulates.
   *
   * @param trial its {@code trial_id}; 0 if the run is no sweep
   */
  public TrialNetwork network(long trial) {
    Row values = trials().where(functions.col("trial_id").equalTo(trial)).first();
    boolean sweep = directory.spec().sweep().isPresent();
    return TrialNetwork.of(directory, network(), sweep ? trialParameters() : List.of(), values);
  }

  private List<Parameter> trialParameters() {
    return trialList().parameters();
  }

  private TrialList trialList() {
    try {
      return new TrialsFile(directory.store()).trials();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the trials of " + directory.location(), e);
    }
  }

  /**
   * One row for each sample, after the last step that all samples have reached and that was
   * published; empty before that. If the input has labels, the column {@code label} has the
   * sample's, or null.
   */
  public Dataset<Row> results() {
    return table(RunTable.RESULTS);
  }

  /** Names of the metrics that users have defined; each is a column of the results. */
  public Set<String> metricNames() {
    return UserMetrics.of(directory).names();
  }

  /** What users' metrics give, with trial, sample, seed and parameters; computed when read. */
  public Dataset<Row> metrics() {
    Dataset<Row> results = results();
    List<String> shown = new ArrayList<>();
    // Ids and parameters stand before what was simulated.
    for (String column : results.columns()) {
      if (column.equals(FIRST_OF_RESULTS)) {
        break;
      }
      shown.add(column);
    }
    shown.addAll(metricNames());
    shown.retainAll(List.of(results.columns()));
    return results.select(
        shown.stream().map(name -> results.col("`" + name + "`")).toArray(Column[]::new));
  }

  /**
   * Of samples with a label, how many of each trial were {@code correct}: their {@code prediction}
   * is their label. Empty if the input has no labels.
   */
  public Dataset<Row> accuracy() {
    return LabelledResults.accuracy(results());
  }

  /**
   * The confusion matrix of each trial: how many {@code samples} of each {@code label} have which
   * {@code prediction}, null where no output neuron has fired. Pairs that do not occur have no row.
   */
  public Dataset<Row> confusion() {
    return LabelledResults.confusion(results());
  }

  /**
   * Spikes, operations and energy of each node, one row for each trial, sample and node; empty if
   * the run does not count operations.
   */
  public Dataset<Row> operations() {
    return OperationsTable.of(spark, directory.spec().metrics(), this::network, results());
  }

  /** One row for each recorded spike of a sample that has not failed. */
  public Dataset<Row> spikes() {
    return table(RunTable.SPIKES);
  }

  /** One row for each recorded variable and step of a sample that has not failed. */
  public Dataset<Row> traces() {
    return table(RunTable.TRACES);
  }

  /** One row for each sample that could not be simulated. */
  public Dataset<Row> failures() {
    return table(RunTable.FAILURES);
  }

  /**
   * The rows of some ranges.
   *
   * @param table one of those that attempts record
   */
  Dataset<Row> recorded(RunTable table, Set<SampleRange> ranges) {
    try {
      return rows(listed.recorded(table, ranges::contains), table.schema());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + directory.location(), e);
    }
  }

  /** One row for each trial: its id, its seed, and the parameters that it sets. */
  public Dataset<Row> trials() {
    RunSpec spec = directory.spec();
    List<StructField> columns = new ArrayList<>();
    for (StructField column : resultColumns().schema().fields()) {
      if (column.name().equals(FIRST_OF_RESULTS)) {
        break;
      }
      columns.add(column);
    }
    // A trial's row has no sample.
    columns.remove(1);
    if (spec.sweep().isEmpty()) {
      columns.add(DataTypes.createStructField("seed", DataTypes.LongType, false));
      StructType plain = DataTypes.createStructType(columns);
      return spark.createDataFrame(List.of(RowFactory.create(0L, spec.provenance().seed())), plain);
    }
    TrialList trials = trialList();
    return spark.createDataFrame(
        spark.range(trials.count()).toJavaRDD().mapPartitions(new TrialRows(trials)),
        DataTypes.createStructType(columns));
  }

  /**
   * The newest committed state of every range: one row for each memory of each sample, with its
   * elements in {@code values} (of float32), {@code doubles} or {@code integers}. Files are
   * verified as they are read; a query that meets a damaged one fails and says which. Resuming the
   * run falls back to the state before it.
   */
  public Dataset<Row> checkpoint() {
    if (manifest == null || manifest.ranges().isEmpty()) {
      return spark.createDataFrame(List.of(), ReadStates.SCHEMA);
    }
    List<byte[]> ranges = manifest.ranges().stream().map(RangeEntry::bytes).toList();
    HadoopConf conf = new HadoopConf(spark.sparkContext().hadoopConfiguration());
    ReadStates read = new ReadStates(directory.uri().toString(), conf, manifest.run());
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int tasks = Math.min(ranges.size(), MOST_TASKS);
    return spark.createDataFrame(
        context.parallelize(ranges, tasks).flatMap(read), ReadStates.SCHEMA);
  }

  private Dataset<Row> table(RunTable table) {
    List<String> files;
    List<String> failed;
    StructType schema = table.schema();
    try {
      failed = table == RunTable.RESULTS ? List.of() : listed.of(RunTable.FAILURES);
      if (table == RunTable.RESULTS) {
        schema = resultColumns().schema();
      }
      files = listed.of(table);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + directory.location(), e);
    }
    Dataset<Row> rows = rows(files, schema);
    if (table == RunTable.RESULTS) {
      // Runs of the first versions did without.
      rows = rows.withColumn("rate", functions.coalesce(functions.col("rate"), rate()));
    }
    return switch (table) {
      case RESULTS -> UserMetrics.of(directory).addTo(withLabels(rows), dt());
      // What a sample has recorded before it failed goes up to some save before that, so which rows
      // there are would depend on where the run was cut.
      case SPIKES, TRACES ->
          failed.isEmpty()
              ? rows
              : RecordingComparison.without(rows(failed, RunTable.FAILURES.schema()), rows);
      case FAILURES -> rows;
    };
  }

  /** Whether any sample of the results has a label. */
  public boolean hasLabels() {
    Dataset<Row> results = results();
    return List.of(results.columns()).contains(LabelledResults.LABEL)
        && !results.where(results.col(LabelledResults.LABEL).isNotNull()).isEmpty();
  }

  private Dataset<Row> withLabels(Dataset<Row> results) {
    try {
      List<String> files = new LabelsTable(directory).files();
      return files.isEmpty() ? results : LabelledResults.join(results, read(files, LABELS));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the labels of " + directory.location(), e);
    }
  }

  private Column rate() {
    return functions.expr(
        "aggregate(spike_counts, 0D, (a, b) -> a + b) / size(spike_counts) / (steps * %sD)"
            .formatted(dt()));
  }

  private Dataset<Row> rows(List<String> files, StructType schema) {
    return files.isEmpty() ? spark.createDataFrame(List.of(), schema) : read(files, schema);
  }

  private Dataset<Row> read(List<String> files, StructType schema) {
    String[] paths =
        files.stream()
            .map(file -> new Path(new Path(directory.uri()), file).toString())
            .toArray(String[]::new);
    return spark.read().schema(schema).option(GLOB, false).parquet(paths);
  }

  /** The columns that results have without users' metrics. */
  StructType resultSchema() {
    return resultColumns().schema();
  }

  private ResultColumns resultColumns() {
    RunSpec spec = directory.spec();
    return spec.sweep().isPresent()
        ? ResultColumns.of(trialParameters(), spec.metrics())
        : ResultColumns.plain(spec.metrics());
  }
}
