package org.velella.spark.data;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.velella.dataset.DatasetException;
import org.velella.dataset.EventShape;
import org.velella.dataset.SampleReader;
import org.velella.spark.job.RunFailedException;
import org.velella.spark.job.UsageException;
import org.velella.spark.store.HadoopConf;

/**
 * Converts a data set into a table that runs take as input: Parquet with {@code sample_id}, {@code
 * input} or {@code events}, and {@code label}. The table is complete or absent.
 */
public final class ConvertData {
  private static final String ENDING = ".parquet";

  /**
   * Readers decode a row group at once, however large its rows: groups are small, their size is
   * looked at often, and nothing is encoded so well that much more comes out than went in.
   */
  private static final Map<String, String> WRITING =
      Map.of(
          "parquet.block.size", String.valueOf(8 << 20),
          "parquet.page.size.row.check.min", "1",
          "parquet.page.size.row.check.max", "64",
          "parquet.enable.dictionary", "false",
          "compression", "zstd");

  private static final StructType EVENT =
      new StructType()
          .add("step", DataTypes.IntegerType, false)
          .add("index", DataTypes.IntegerType, false);

  /** How an exception of a task that Spark tells as text names it. */
  private static final Pattern TASK_ERROR =
      Pattern.compile(Pattern.quote(DatasetException.class.getName()) + ": ([^\n]*)");

  private final SparkSession session;
  private final Configuration conf;
  private final DataRequest request;

  private ConvertData(SparkSession session, DataRequest request) {
    this.session = session;
    this.conf = session.sparkContext().hadoopConfiguration();
    this.request = request;
  }

  /**
   * Converts a data set.
   *
   * @throws UsageException if the output is there already, sources are missing, or a file is not
   *     what it should be; nothing was written then
   */
  public static DataSummary run(SparkSession session, DataRequest request) {
    try {
      return new ConvertData(session, request).convert();
    } catch (DatasetException e) {
      throw new UsageException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot convert to " + request.output(), e);
    }
  }

  private DataSummary convert() throws IOException {
    Path output = new Path(request.output());
    FileSystem files = output.getFileSystem(conf);
    if (!request.output().endsWith(ENDING)) {
      throw new UsageException(
          "%s: data is written as Parquet; end the name with %s"
              .formatted(request.output(), ENDING));
    }
    requireAbsent(files, output);
    SourceFiles sources = SourceFiles.list(request, conf);
    DataPlan.Layout layout = DataPlan.layout(request, sources, conf);
    List<DataPart> parts = parts(sources, layout.reading());
    if (parts.isEmpty()) {
      throw new UsageException("There are no samples in " + String.join(", ", request.sources()));
    }
    Path part =
        new Path(output.getParent(), "%s-%s.part".formatted(output.getName(), UUID.randomUUID()));
    try {
      int tasks = tasks(parts, sources);
      long rounded = rounded(parts, layout.reading(), tasks);
      write(parts, layout.reading(), tasks, part);
      DataSummary summary = summary(parts, sources, layout, part, rounded);
      write(files, new Path(part, DataSummary.FILE), summary.json());
      if (!summary.classes().isEmpty()) {
        write(files, new Path(part, ClassFile.NAME), ClassFile.bytes(summary.classes()));
      }
      requireAbsent(files, output);
      if (!files.rename(part, output)) {
        throw new IOException("%s could not be renamed to %s".formatted(part, output));
      }
      return summary;
    } finally {
      files.delete(part, true);
    }
  }

  private static void write(FileSystem files, Path path, byte[] bytes) throws IOException {
    try (OutputStream out = files.create(path, false)) {
      out.write(bytes);
    }
  }

  private void requireAbsent(FileSystem files, Path output) throws IOException {
    if (files.exists(output)) {
      throw new UsageException(
          request.output() + " is there already; give another name, or remove it first");
    }
  }

  private List<DataPart> parts(SourceFiles sources, DataReading reading) throws IOException {
    if (sources.format() == DataFormat.CSV) {
      return guarded(() -> TableParts.of(spark(), sources.files(), conf, DataPlan.PART_BYTES));
    }
    long[] counts = counts(sources, reading);
    if (sources.format() == DataFormat.AEDAT) {
      return guarded(
          () -> RecordingParts.of(spark(), sources.files(), counts, conf, DataPlan.PART_BYTES));
    }
    return DataPlan.parts(sources.format(), sources.files(), counts);
  }

  /** Samples of each file; counted in tasks where files must be opened for it. */
  private long[] counts(SourceFiles sources, DataReading reading) throws IOException {
    List<SourceFile> files = new ArrayList<>(sources.files());
    if (sources.format().isOneSample()) {
      return files.stream().mapToLong(file -> 1).toArray();
    }
    HadoopConf hadoop = new HadoopConf(conf);
    int tasks = Math.min(files.size(), 1024);
    return guarded(
            () ->
                spark()
                    .parallelize(files, tasks)
                    .map(file -> count(file, reading, hadoop))
                    .collect())
        .stream()
        .mapToLong(Long::longValue)
        .toArray();
  }

  private static long count(SourceFile source, DataReading reading, HadoopConf hadoop)
      throws IOException {
    Configuration conf = hadoop.toConfiguration();
    try (HadoopFile file = new HadoopFile(source.uri(), conf)) {
      SampleReader reader = reading.open(source, file, conf);
      return reader.samples();
    }
  }

  private JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  private int tasks(List<DataPart> parts, SourceFiles sources) {
    int cores = session.sparkContext().defaultParallelism();
    long bySize = 1 + sources.bytes() / DataPlan.PART_BYTES;
    return (int) Math.min(parts.size(), Math.max(cores, bySize));
  }

  /**
   * How many values of the parts no float carries as they are; those are read for it that may have
   * some. What tasks note while they write would count what was tried again twice.
   */
  private long rounded(List<DataPart> parts, DataReading reading, int tasks) throws IOException {
    if (reading.events() || !reading.format().mayRound()) {
      return 0;
    }
    HadoopConf hadoop = new HadoopConf(conf);
    return guarded(
            () ->
                spark()
                    .parallelize(new ArrayList<>(parts), tasks)
                    .map(part -> rounded(part, reading, hadoop))
                    .collect())
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static long rounded(DataPart part, DataReading reading, HadoopConf hadoop)
      throws IOException {
    Configuration conf = hadoop.toConfiguration();
    try (HadoopFile file = new HadoopFile(part.file().uri(), conf)) {
      SampleReader reader = reading.open(part.file(), file, conf);
      if (!reader.mayRound()) {
        return 0;
      }
      try (SampleReader.Samples samples = reader.read(part.first(), part.count())) {
        while (samples.next().isPresent()) {
          if (TaskContext.get().isInterrupted()) {
            throw new TaskKilledException("The conversion has ended");
          }
        }
        return samples.rounded();
      }
    } catch (IOException e) {
      throw new IOException("Cannot read " + part.file().uri(), e);
    }
  }

  private void write(List<DataPart> parts, DataReading reading, int tasks, Path to)
      throws IOException {
    JavaRDD<Row> rows =
        spark()
            .parallelize(new ArrayList<>(parts), tasks)
            .mapPartitions(new PartRows(reading, new HadoopConf(conf)));
    try (WritingTasks writing = new WritingTasks(spark())) {
      guarded(
          () -> {
            try {
              session
                  .createDataFrame(rows, schema(reading))
                  .write()
                  .options(WRITING)
                  .parquet(to.toString());
            } catch (Exception e) {
              // What they have written is removed next; SparkException is checked in Scala only.
              writing.awaitEnd();
              throw e;
            }
            return to;
          });
    }
  }

  private static StructType schema(DataReading reading) {
    boolean isEvents = reading.binning() instanceof org.velella.dataset.Binning.Steps;
    return new StructType()
        .add("sample_id", DataTypes.LongType, false)
        .add(
            isEvents ? "events" : "input",
            isEvents
                ? DataTypes.createArrayType(EVENT, false)
                : DataTypes.createArrayType(DataTypes.FloatType, false),
            false)
        .add("label", DataTypes.IntegerType, true);
  }

  /** Looks at what was written, so that no row is missed and users learn how long samples are. */
  private DataSummary summary(
      List<DataPart> parts,
      SourceFiles sources,
      DataPlan.Layout layout,
      Path written,
      long rounded) {
    // Row by row: vectors of nested columns are far larger than what is in the files.
    SparkSession reader = session.newSession();
    reader.conf().set("spark.sql.parquet.enableVectorizedReader", "false");
    Dataset<Row> table = reader.read().schema(schema(layout.reading())).parquet(written.toString());
    boolean isEvents = List.of(table.columns()).contains("events");
    EventShape shape = layout.reading().shape();
    String steps =
        isEvents
            ? "coalesce(cast(array_max(transform(events, e -> e.step)) as bigint) + 1, 0)"
            : shape == null ? "1" : "size(input) div " + shape.size();
    Row found =
        table
            .selectExpr(
                "count(*)",
                "count(label)",
                "coalesce(cast(max(label) as bigint) + 1, 0)",
                "cast(min(%s) as bigint)".formatted(steps),
                "cast(max(%s) as bigint)".formatted(steps))
            .head();
    long planned = parts.stream().mapToLong(DataPart::count).sum();
    if (found.getLong(0) != planned) {
      throw new RunFailedException(
          "%d samples were written, %d were counted; a source has changed meanwhile, convert it again"
              .formatted(found.getLong(0), planned),
          null);
    }
    return new DataSummary(
        sources.format().toString(),
        sources.files().size(),
        planned,
        found.getLong(1),
        Math.max(found.getLong(2), sources.classes().size()),
        shape == null ? DataSummary.Steps.NOT_KNOWN : DataSummary.Steps.COUNTED,
        found.getLong(3),
        found.getLong(4),
        layout.axes(),
        sources.classes(),
        rounded,
        sources.leftOut());
  }

  private interface Job<T> {
    T run() throws IOException;
  }

  /** Runs a Spark job; what its tasks say of a file is what the user is told. */
  private static <T> T guarded(Job<T> job) throws IOException {
    try {
      return job.run();
    } catch (Exception e) {
      // SparkException is checked in Scala only.
      for (Throwable each = e; each != null; each = each.getCause()) {
        if (each instanceof DatasetException known) {
          throw new UsageException(known.getMessage(), e);
        }
        Matcher told = TASK_ERROR.matcher(String.valueOf(each.getMessage()));
        if (told.find()) {
          throw new UsageException(told.group(1), e);
        }
      }
      throw e;
    }
  }
}
