package org.velella.spark.catalog;

import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.velella.provenance.Secrets;
import org.velella.spark.job.RunTables;

/**
 * One table of a run, as Spark's planner sees it: as last committed when it was asked for, which a
 * query over a catalog does anew each time.
 */
final class RunSource implements Table, SupportsRead {
  private final RunTables tables;
  private final String name;
  private final StructType schema;

  /**
   * @throws org.velella.spark.job.UsageException if runs have no such table
   */
  RunSource(RunTables tables, String name) {
    this.tables = tables;
    this.name = name;
    schema = tables.table(name).schema();
  }

  @Override
  public String name() {
    return "%s of %s".formatted(name, Secrets.hide(tables.location()));
  }

  @Override
  @SuppressWarnings("deprecation") // Its replacement is newer than Spark 3.5.
  public StructType schema() {
    return schema;
  }

  @Override
  public Map<String, String> properties() {
    return Map.of(TableCatalog.PROP_LOCATION, Secrets.hide(tables.location()));
  }

  @Override
  public Set<TableCapability> capabilities() {
    return Set.of(TableCapability.BATCH_READ);
  }

  @Override
  public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
    return new RunScanBuilder(tables, name, schema);
  }
}
