package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.CheckpointStore;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;

/**
 * Metrics that users define as Spark SQL expressions over one row of the results and {@code dt}.
 * They are no part of what a run is: it keeps the last ones that it was given, and no result
 * depends on them. Immutable.
 */
final class UserMetrics {
  /** Seconds of one step, for expressions. */
  static final String DT = "dt";

  private static final Logger LOG = LoggerFactory.getLogger(UserMetrics.class);
  private static final String FILE = "_run/metrics.json";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Strings, quoted names and comments, in which words mean nothing. */
  private static final Pattern QUOTED =
      Pattern.compile(
          "'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"|`[^`]*`|--[^\n]*|/\\*.*?\\*/",
          Pattern.DOTALL);

  private static final Pattern SUBQUERY =
      Pattern.compile("\\(\\s*(select|from|values|table|with)\\b", Pattern.CASE_INSENSITIVE);

  private final Map<String, String> sqlByName;

  private UserMetrics(Map<String, String> sqlByName) {
    this.sqlByName = Collections.unmodifiableMap(new LinkedHashMap<>(sqlByName));
  }

  /** Those of a run; none if it was given none, or they cannot be read. */
  static UserMetrics of(RunDirectory directory) {
    Map<String, String> found = new LinkedHashMap<>();
    try (CheckpointStore.StoredInput input = directory.store().open(FILE)) {
      for (JsonNode metric : CanonicalJson.parse(input.stream().readAllBytes(), FILE)) {
        found.put(metric.path("name").asText(), metric.path("sql").asText());
      }
    } catch (FileNotFoundException e) {
      // It was given none.
    } catch (IOException | JsonException e) {
      LOG.warn("Cannot read {} of {}", FILE, directory.location(), e);
    }
    return new UserMetrics(found);
  }

  /** These and others, which replace those of the same name; an empty text takes one away. */
  UserMetrics with(Map<String, String> others) {
    Map<String, String> all = new LinkedHashMap<>(sqlByName);
    others.forEach(
        (name, sql) -> {
          if (sql.isBlank()) {
            all.remove(name);
          } else {
            all.put(name, sql.strip());
          }
        });
    return new UserMetrics(all);
  }

  /** Has a run keep these. */
  void keep(RunDirectory directory) throws IOException {
    directory.store().replace(FILE, CanonicalJson.bytes(toJson()));
  }

  ArrayNode toJson() {
    ArrayNode array = CanonicalJson.object().putArray("metrics");
    sqlByName.forEach((name, sql) -> array.addObject().put("name", name).put("sql", sql));
    return array;
  }

  Set<String> names() {
    return sqlByName.keySet();
  }

  boolean isEmpty() {
    return sqlByName.isEmpty();
  }

  /**
   * Checks that they can be computed from results of some columns.
   *
   * @throws UsageException if not; the message names the metric
   */
  void require(SparkSession session, StructType results) {
    Dataset<Row> empty =
        session.createDataFrame(List.<Row>of(), results.add(DT, DataTypes.DoubleType, false));
    sqlByName.forEach(
        (name, sql) -> {
          if (!NAME.matcher(name).matches()) {
            throw refused(
                name, "a name consists of letters, digits and _, and begins with no digit");
          }
          if (has(empty, name)) {
            throw refused(name, "the results have a column of that name; choose another one");
          }
          String plain =
              QUOTED
                  .matcher(sql)
                  .replaceAll(part -> part.group().matches("(?s)[-/].*") ? " " : "''");
          if (SUBQUERY.matcher(plain).find()) {
            throw refused(name, "a metric is computed from one row, without subqueries");
          }
          requireType(name, analysed(empty, name, sql));
        });
  }

  private static boolean has(Dataset<Row> table, String column) {
    return Arrays.stream(table.columns()).anyMatch(column::equalsIgnoreCase);
  }

  private static void requireType(String name, DataType type) {
    if (type.equals(DataTypes.NullType) || type.equals(DataTypes.CalendarIntervalType)) {
      throw refused(name, "it is of type %s; cast it to another one".formatted(type.sql()));
    }
  }

  /** The type of an expression. */
  private static DataType analysed(Dataset<Row> empty, String name, String sql) {
    try {
      // A condition must not contain aggregates, windows or generators of rows.
      empty.where(functions.expr(sql).isNotNull());
      StructType type = empty.select(functions.expr(sql)).schema();
      if (type.size() != 1) {
        throw refused(name, "it gives %d columns instead of one".formatted(type.size()));
      }
      return type.apply(0).dataType();
    } catch (UsageException e) {
      throw e;
    } catch (Exception e) {
      Interruption.requireNone(e);
      // AnalysisException and ParseException are checked in Scala only.
      throw refused(name, reason(e));
    }
  }

  /** Why Spark cannot do something, in a line. */
  static String reason(Throwable e) {
    // Of an analysis, the message repeats the whole plan.
    String message = e instanceof AnalysisException a ? a.getSimpleMessage() : e.getMessage();
    return String.valueOf(message).strip().lines().findFirst().orElse("");
  }

  private static UsageException refused(String name, String why) {
    return new UsageException("--metric %s: %s".formatted(name, why));
  }

  /** Results with a column for each metric that can be computed from them, at the end. */
  Dataset<Row> addTo(Dataset<Row> results, double dt) {
    Dataset<Row> all = results;
    for (Map.Entry<String, String> metric : sqlByName.entrySet()) {
      if (has(all, metric.getKey())) {
        // A sweep that was extended by a parameter of that name.
        LOG.warn("The metric {} is left out: a column has its name", metric.getKey());
        continue;
      }
      try {
        Dataset<Row> with =
            all.withColumn(DT, functions.lit(dt))
                .withColumn(metric.getKey(), functions.expr(metric.getValue()));
        all = with.drop(DT);
      } catch (Exception e) {
        Interruption.requireNone(e);
        // Another version of Spark may know other functions; results must be seen all the same.
        LOG.warn("The metric {} cannot be computed: {}", metric.getKey(), reason(e));
      }
    }
    return all;
  }
}
