package org.velella.spark.catalog;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.connector.read.V1Scan;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.TableScan;
import org.apache.spark.sql.types.StructType;
import org.velella.provenance.Secrets;
import org.velella.spark.job.RunTables;

/**
 * The rows that a query needs of a table, read by Spark's own Parquet reader through {@link
 * RunTables}: so the rows are those of {@code velella sql}, and neither columns nor groups of rows
 * are read that the query does not ask for.
 */
final class RunScan implements V1Scan {
  private final RunTables tables;
  private final String name;
  private final StructType columns;
  private final List<Column> conditions;

  RunScan(RunTables tables, String name, StructType columns, List<Column> conditions) {
    this.tables = tables;
    this.name = name;
    this.columns = columns;
    this.conditions = List.copyOf(conditions);
  }

  @Override
  public StructType readSchema() {
    return columns;
  }

  @Override
  public String description() {
    return "velella %s of %s, %d conditions"
        .formatted(name, Secrets.hide(tables.location()), conditions.size());
  }

  Dataset<Row> rows() {
    Dataset<Row> rows = tables.table(name);
    for (Column condition : conditions) {
      rows = rows.where(condition);
    }
    return rows.select(
        Arrays.stream(columns.fieldNames())
            .map(column -> functions.col("`" + column.replace("`", "``") + "`"))
            .toArray(Column[]::new));
  }

  @Override
  @SuppressWarnings("unchecked") // The caller takes whatever is both.
  public <T extends BaseRelation & TableScan> T toV1TableScan(SQLContext context) {
    return (T) new Relation(context, columns, this);
  }

  /** What Spark asks for the rows. */
  private static final class Relation extends BaseRelation implements TableScan {
    private final SQLContext context;
    private final StructType columns;
    private final RunScan scan;

    Relation(SQLContext context, StructType columns, RunScan scan) {
      this.context = context;
      this.columns = columns;
      this.scan = scan;
    }

    @Override
    public SQLContext sqlContext() {
      return context;
    }

    @Override
    public StructType schema() {
      return columns;
    }

    @Override
    public RDD<Row> buildScan() {
      return scan.rows().rdd();
    }
  }
}
