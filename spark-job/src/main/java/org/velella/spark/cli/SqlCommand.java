package org.velella.spark.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkThrowable;
import org.apache.spark.SparkThrowableHelper;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.RunFailedException;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella sql}: a query over a run's tables, to the terminal or a CSV file. */
@Command(
    name = "sql",
    description =
        "Query a run's tables: results, metrics, spikes, traces, failures, trials, checkpoint.",
    footer = {
      "",
      "Examples:",
      "  velella sql run 'SELECT * FROM results'",
      "  velella sql run 'SELECT node, count(*) FROM spikes GROUP BY node' --csv counts.csv"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class SqlCommand implements Callable<Integer> {
  /** The class of SQL states that say that values do not fit an operation. */
  private static final String DATA_EXCEPTION = "22";

  private static final Pattern TASK_ERROR =
      Pattern.compile("org\\.apache\\.spark\\.Spark\\w*Exception: (\\[([A-Z0-9_.]+)\\][^\n]*)");

  private static final Pattern UNREADABLE =
      Pattern.compile("Encountered error while reading file (\\S+\\.parquet)");

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run directory.")
  private String run;

  @Parameters(index = "1", paramLabel = "QUERY", description = "A SELECT in Spark SQL.")
  private String query;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write all rows as one CSV file instead of printing them.")
  private Path csv;

  @Option(
      names = "--limit",
      defaultValue = "100",
      paramLabel = "ROWS",
      description = "Rows to print at most. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    if (limit < 0) {
      throw new UsageException("--limit is " + limit + "; give how many rows to print at most");
    }
    if (csv != null) {
      requireWritable(csv);
    }
    return spark.with(
        "velella sql " + run,
        session -> {
          RunTables.register(session, run);
          Dataset<Row> rows = select(session);
          try {
            if (csv == null) {
              print(rows);
            } else {
              write(rows);
            }
          } catch (Exception e) {
            // SparkException, which is what Spark 3.5 wraps it in, is checked in Scala only.
            throw isOfTheData(e) ? refused(e) : unreadable(e).orElseGet(() -> unchecked(e));
          }
          return ExitCode.DONE;
        });
  }

  private static void requireWritable(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new UsageException("--csv " + file + " is a directory; give a file");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UsageException("--csv " + file + ": there is no directory " + folder);
    }
  }

  /** Whether a query met values that it cannot compute with, such as a division by zero. */
  private static boolean isOfTheData(Throwable thrown) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (each instanceof SparkThrowable spark
          && spark.getSqlState() != null
          && spark.getSqlState().startsWith(DATA_EXCEPTION)) {
        return true;
      }
    }
    return taskError(thrown) != null;
  }

  /**
   * Which values a task could not compute with, where Spark hands that on in words only, as before
   * version 4; null if it was something else, such as a file that cannot be read.
   */
  private static String taskError(Throwable thrown) {
    Matcher found = TASK_ERROR.matcher(String.valueOf(thrown.getMessage()));
    if (!found.find()) {
      return null;
    }
    String state = SparkThrowableHelper.getSqlState(found.group(2));
    return state != null && state.startsWith(DATA_EXCEPTION) ? found.group(1) : null;
  }

  /** What to say if the query met a file of the run that is damaged. */
  private Optional<RuntimeException> unreadable(Exception thrown) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      Matcher found = UNREADABLE.matcher(String.valueOf(each.getMessage()));
      if (found.find()) {
        return Optional.of(
            new RunFailedException(
                "%s cannot be read; velella inspect %2$s --verify says what else is damaged, and velella resume %2$s mends it"
                    .formatted(found.group(1), run),
                thrown));
      }
    }
    return Optional.empty();
  }

  private static RuntimeException unchecked(Exception e) {
    return e instanceof RuntimeException already
        ? already
        : new IllegalStateException(e.getMessage(), e);
  }

  private static UsageException refused(Exception e) {
    // Of an analysis, the message repeats the whole plan.
    String why = e instanceof AnalysisException a ? a.getSimpleMessage() : e.getMessage();
    String ofTask = taskError(e);
    why = ofTask == null ? why : ofTask;
    return new UsageException("The query cannot be run: " + why.strip(), e);
  }

  private Dataset<Row> select(SparkSession session) {
    try {
      return session.sql(query);
    } catch (Exception e) {
      // AnalysisException and ParseException are checked in Scala only.
      throw refused(e);
    }
  }

  private void print(Dataset<Row> rows) {
    TextTable table = new TextTable(rows.columns());
    int printed = 0;
    boolean more = false;
    // One more than is printed, to know whether there are more.
    for (Row row : Cells.flat(rows.limit(Math.max(limit, limit + 1))).collectAsList()) {
      more = printed == limit;
      if (!more) {
        table.add(row);
        printed++;
      }
    }
    table.print(spec.commandLine().getOut());
    if (more) {
      spec.commandLine()
          .getErr()
          .println("velella: there are more than %d rows; --limit shows more".formatted(limit));
    }
  }

  private void write(Dataset<Row> rows) {
    Path part = csv.resolveSibling(csv.getFileName() + ".part");
    try {
      long count = write(rows, part);
      Files.move(part, csv, StandardCopyOption.REPLACE_EXISTING);
      spec.commandLine().getOut().println(count + " rows in " + csv);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + csv, e);
    } finally {
      deleteIfThere(part);
    }
  }

  private static void deleteIfThere(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + part, e);
    }
  }

  private static long write(Dataset<Row> rows, Path file) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      writer.write(line(Stream.of(rows.columns())));
      long count = 0;
      for (Iterator<Row> each = Cells.flat(rows).toLocalIterator(); each.hasNext(); count++) {
        Row row = each.next();
        writer.write(line(IntStream.range(0, row.size()).mapToObj(row::get)));
      }
      return count;
    }
  }

  /** One record as RFC 4180 wants it; a null is an empty field. */
  private static String line(Stream<?> values) {
    return values
        .map(value -> value == null ? "" : quoted(value.toString()))
        .collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
