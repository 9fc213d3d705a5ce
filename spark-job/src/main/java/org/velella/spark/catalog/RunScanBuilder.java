package org.velella.spark.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.SupportsPushDownFilters;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructType;
import org.velella.spark.job.RunTables;

/** Collects which columns and rows a query needs of a table. */
final class RunScanBuilder
    implements ScanBuilder, SupportsPushDownRequiredColumns, SupportsPushDownFilters {
  private final RunTables tables;
  private final String name;
  private final List<Column> conditions = new ArrayList<>();
  private StructType columns;
  private Filter[] pushed = new Filter[0];

  RunScanBuilder(RunTables tables, String name, StructType columns) {
    this.tables = tables;
    this.name = name;
    this.columns = columns;
  }

  @Override
  public void pruneColumns(StructType required) {
    columns = required;
  }

  /**
   * Takes the conditions that files can be skipped by. All of them are given back: Spark checks
   * rows once more, so that leaving one out is never wrong.
   */
  @Override
  public Filter[] pushFilters(Filter[] filters) {
    List<Filter> taken = new ArrayList<>();
    for (Filter filter : filters) {
      Conditions.of(filter)
          .ifPresent(
              condition -> {
                conditions.add(condition);
                taken.add(filter);
              });
    }
    pushed = taken.toArray(Filter[]::new);
    return filters;
  }

  @Override
  public Filter[] pushedFilters() {
    return Arrays.copyOf(pushed, pushed.length);
  }

  @Override
  public Scan build() {
    return new RunScan(tables, name, columns, conditions);
  }
}
