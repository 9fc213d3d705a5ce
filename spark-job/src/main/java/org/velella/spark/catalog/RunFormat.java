package org.velella.spark.catalog;

import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.UsageException;

/** One table of a run as a format; its only option is where the run is. */
abstract class RunFormat implements TableProvider, DataSourceRegister {
  private static final String PREFIX = "velella-";
  private static final String PATH = "path";

  private final String table;

  RunFormat(String table) {
    this.table = table;
  }

  @Override
  public final String shortName() {
    return PREFIX + table;
  }

  @Override
  public final StructType inferSchema(CaseInsensitiveStringMap options) {
    return open(options).schema();
  }

  @Override
  public final Table getTable(
      StructType schema, Transform[] partitioning, Map<String, String> properties) {
    return open(new CaseInsensitiveStringMap(properties));
  }

  private RunSource open(CaseInsensitiveStringMap options) {
    String run = options.getOrDefault(PATH, "");
    if (run.isBlank()) {
      throw new UsageException(
          "%s needs the directory of one run: load(\"path/of/run\"), or OPTIONS (path 'path/of/run')"
              .formatted(shortName()));
    }
    return new RunSource(RunTables.open(SparkSession.active(), run), table);
  }
}
