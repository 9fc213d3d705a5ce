package org.velella.spark.frame;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.store.InputFile;

/** Opens input data by its format. */
public final class InputSources {
  private static final String NPY = "npy";
  private static final String CSV = "csv";
  private static final String PARQUET = "parquet";

  /** The format of input that is not read but computed; the input's name describes it. */
  public static final String STIMULUS = "stimulus";

  /** The format of input that a program has handed over as a table. */
  public static final String TABLE = "dataframe";

  /** How plain files and such with an encrypted footer begin. */
  private static final Set<String> PARQUET_MAGICS = Set.of("PAR1", "PARE");

  private static final int PARQUET_MAGIC_BYTES = 4;

  /** Columns are found by name, and arrays stand in quotes, doubled inside as RFC 4180 says. */
  private static final Map<String, String> CSV_OPTIONS = Map.of("header", "true", "escape", "\"");

  private static final Map<String, String> BY_ENDING =
      Map.of(
          ".npy",
          NPY,
          ".parquet",
          PARQUET,
          ".json",
          "json",
          ".jsonl",
          "json",
          ".orc",
          "orc",
          ".csv",
          CSV,
          ".avro",
          "avro");

  private InputSources() {}

  /**
   * The data that a user named. Looks at it as far as needed to know how many samples there are and
   * whether they fit the network.
   *
   * @throws InputException if it is missing, unreadable, or does not fit; the message says why
   */
  public static InputSource open(SparkSession session, InputSpec spec) {
    Configuration conf = session.sparkContext().hadoopConfiguration();
    String format = format(spec);
    if (format.equals(TABLE)) {
      throw new InputException(
          "The run was begun with a DataFrame as input, which only a program with the same rows can"
              + " hand over again: with ResumeRun, or by the same SimulationJob or SweepJob");
    }
    if (format.equals(STIMULUS)) {
      return StimulusSource.open(JavaSparkContext.fromSparkContext(session.sparkContext()), spec);
    }
    try {
      // A source with another name, such as a table format or a database, may not be a path.
      if (BY_ENDING.containsValue(format) && !InputFile.exists(spec.uri(), conf)) {
        throw new InputException("There is no input " + spec.uri());
      }
      if (format.equals(NPY)) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        return NpyFile.open(spark, conf, spec);
      }
    } catch (FileNotFoundException | UnsupportedFileSystemException | AccessControlException e) {
      throw new InputException("Cannot read the input " + spec.uri() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the input " + spec.uri(), e);
    }
    if (format.equals(PARQUET)) {
      requireParquet("input", "--input-format", spec.uri(), conf);
    }
    Dataset<Row> table = load(session, "input", spec.uri(), format, spec.options());
    return TableSource.open(session, table, spec);
  }

  /**
   * A table that is at hand.
   *
   * @throws InputException if it does not fit; the message says why
   */
  public static InputSource of(SparkSession session, Dataset<Row> table, InputSpec spec) {
    return TableSource.open(session, table, spec);
  }

  /**
   * The name of an input that means it in every working directory; names that are perhaps no paths
   * are left alone.
   */
  public static String absolute(InputSpec spec, Configuration conf) throws IOException {
    return BY_ENDING.containsValue(format(spec))
        ? InputFile.absolute(spec.uri(), conf)
        : spec.uri();
  }

  /** The table of trials that a user named; see {@link TrialColumns#open}. */
  static Dataset<Row> trials(SparkSession session, String uri, String asked) {
    Configuration conf = session.sparkContext().hadoopConfiguration();
    String format = format(uri, asked);
    if (format.equals(NPY)) {
      throw new InputException(
          "The trials %s are no table; give Parquet, CSV, or say what it is: --trials-format"
              .formatted(uri));
    }
    try {
      if (BY_ENDING.containsValue(format) && !InputFile.exists(uri, conf)) {
        throw new InputException("There are no trials " + uri);
      }
    } catch (FileNotFoundException | UnsupportedFileSystemException | AccessControlException e) {
      throw new InputException("Cannot read the trials " + uri + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the trials " + uri, e);
    }
    if (format.equals(PARQUET)) {
      requireParquet("trials", "--trials-format", uri, conf);
    }
    if (format.equals(CSV)) {
      requireHeader(session, uri);
    }
    return load(session, "trials", uri, format, Map.of());
  }

  /** Spark gives equal columns other names, which would look like parameters nobody knows. */
  private static void requireHeader(SparkSession session, String uri) {
    Row header =
        load(session, "trials", uri, CSV, Map.of("header", "false")).takeAsList(1).stream()
            .findFirst()
            .orElseThrow(() -> new InputException("The trials in %s are empty".formatted(uri)));
    List<String> columns = new ArrayList<>();
    for (int column = 0; column < header.size(); column++) {
      columns.add(header.getString(column));
    }
    TrialColumns.requireColumns(columns, uri);
  }

  private static String format(InputSpec spec) {
    return format(spec.uri(), spec.format());
  }

  private static String format(String uri, String asked) {
    if (!asked.equals("auto")) {
      return asked.toLowerCase(Locale.ROOT);
    }
    String name = uri.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, String> ending : BY_ENDING.entrySet()) {
      if (name.endsWith(ending.getKey())) {
        return ending.getValue();
      }
    }
    return PARQUET;
  }

  /** Spark would say so, too, but with the traces of the tasks that looked into the file. */
  private static void requireParquet(String what, String option, String uri, Configuration conf) {
    try (InputFile file = InputFile.open(uri, conf)) {
      byte[] head = file.read(0, (int) Math.min(file.length(), PARQUET_MAGIC_BYTES));
      if (!PARQUET_MAGICS.contains(new String(head, StandardCharsets.ISO_8859_1))) {
        throw new InputException(
            "The %s %s is no Parquet file; if it is of another format, say which: %s"
                .formatted(what, uri, option));
      }
    } catch (FileNotFoundException e) {
      // A directory or a pattern: what lies there is Spark's to say.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the " + what + " " + uri, e);
    }
  }

  private static Dataset<Row> load(
      SparkSession session, String what, String uri, String format, Map<String, String> own) {
    try {
      Map<String, String> options = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      if (format.equals(CSV)) {
        options.putAll(CSV_OPTIONS);
      }
      options.putAll(own);
      return session.read().format(format).options(options).load(uri);
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        // Spark does not say that it throws it; whoever interrupts the thread finds it so.
        Thread.currentThread().interrupt();
      }
      // AnalysisException is checked in Scala only, so Java cannot name it here.
      throw new InputException(
          "Cannot read the %s %s as %s: %s".formatted(what, uri, format, firstLine(e)), e);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
