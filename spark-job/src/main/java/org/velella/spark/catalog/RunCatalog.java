package org.velella.spark.catalog;

import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.NamespaceChange;
import org.apache.spark.sql.connector.catalog.SupportsNamespaces;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.catalog.TableChange;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.velella.provenance.Secrets;
import org.velella.spark.job.RunFolder;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.UsageException;

/**
 * Runs as a catalog of SQL, read only: {@code SELECT … FROM velella.`path/of/run`.spikes}, with the
 * setting {@code spark.sql.catalog.velella=org.velella.spark.catalog.RunCatalog}. Each run is a
 * namespace, by its path or URI; relative ones begin at {@code spark.sql.catalog.velella.base} if
 * that is set. Each query sees what the run has committed by then.
 *
 * <p>Of a table that a run does not have, a {@link UsageException} says which there are; a table of
 * no run is Spark's {@code TABLE_OR_VIEW_NOT_FOUND}.
 */
public final class RunCatalog implements TableCatalog, SupportsNamespaces {
  private static final String BASE = "base";

  private String name = "velella";
  private String base = "";

  /** For Spark, which calls {@link #initialize} next. */
  public RunCatalog() {}

  @Override
  public void initialize(String catalog, CaseInsensitiveStringMap options) {
    name = catalog;
    base = options.getOrDefault(BASE, "");
  }

  @Override
  public String name() {
    return name;
  }

  private RunFolder folder() {
    return new RunFolder(base, SparkSession.active().sparkContext().hadoopConfiguration());
  }

  /** The tables of the run that a namespace means. */
  private RunTables open(String... namespace) {
    if (namespace.length == 0) {
      throw new UsageException(
          "Say which run: %s.`path/of/run`.TABLE; runs that lie in %s: %s"
              .formatted(
                  name,
                  base.isEmpty() ? "the working directory" : base,
                  String.join(", ", folder().runs())));
    }
    return RunTables.open(SparkSession.active(), folder().directory(run(namespace)));
  }

  /** Parts are taken for folders, so that {@code velella.experiments.run1.spikes} works, too. */
  private static String run(String... namespace) {
    return String.join("/", namespace);
  }

  @Override
  public Identifier[] listTables(String[] namespace) {
    open(namespace);
    return RunTables.names().stream()
        .map(table -> Identifier.of(namespace, table))
        .toArray(Identifier[]::new);
  }

  /**
   * A table as it is now.
   *
   * @throws NoSuchTableException if the namespace is no run, so that Spark may look elsewhere
   * @throws UsageException if runs have no such table
   */
  @Override
  public Table loadTable(Identifier table) throws NoSuchTableException {
    if (!namespaceExists(table.namespace())) {
      throw new NoSuchTableException(table);
    }
    return new RunSource(open(table.namespace()), table.name());
  }

  @Override
  public boolean tableExists(Identifier table) {
    return table.namespace().length > 0
        && namespaceExists(table.namespace())
        && RunTables.names().contains(table.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public String[][] listNamespaces() {
    return folder().runs().stream().map(run -> new String[] {run}).toArray(String[][]::new);
  }

  @Override
  public String[][] listNamespaces(String[] namespace) throws NoSuchNamespaceException {
    if (namespace.length == 0) {
      return listNamespaces();
    }
    if (!namespaceExists(namespace)) {
      throw new NoSuchNamespaceException(namespace);
    }
    return new String[0][];
  }

  @Override
  public boolean namespaceExists(String[] namespace) {
    return namespace.length == 0 || folder().hasRun(run(namespace));
  }

  @Override
  public Map<String, String> loadNamespaceMetadata(String[] namespace) {
    return namespace.length == 0
        ? Map.of()
        : Map.of(SupportsNamespaces.PROP_LOCATION, Secrets.hide(open(namespace).location()));
  }

  private UnsupportedOperationException refused(String what) {
    return new UnsupportedOperationException(
        "The catalog %s only reads runs, so it cannot %s; velella simulate and velella sweep make runs"
            .formatted(name, what));
  }

  @Override
  @SuppressWarnings("deprecation") // All that Spark 3.5 has.
  public Table createTable(
      Identifier table, StructType schema, Transform[] partitions, Map<String, String> properties) {
    throw refused("create the table " + table);
  }

  @Override
  @SuppressWarnings("deprecation") // Its replacement is newer than Spark 3.5.
  public Table createTable(
      Identifier table, Column[] columns, Transform[] partitions, Map<String, String> properties) {
    throw refused("create the table " + table);
  }

  @Override
  public Table alterTable(Identifier table, TableChange... changes) {
    throw refused("alter the table " + table);
  }

  @Override
  public boolean dropTable(Identifier table) {
    throw refused("drop the table " + table);
  }

  @Override
  public void renameTable(Identifier from, Identifier to) {
    throw refused("rename the table " + from);
  }

  @Override
  public void createNamespace(String[] namespace, Map<String, String> metadata) {
    throw refused("create the namespace " + run(namespace));
  }

  @Override
  public void alterNamespace(String[] namespace, NamespaceChange... changes) {
    throw refused("alter the namespace " + run(namespace));
  }

  @Override
  public boolean dropNamespace(String[] namespace, boolean cascade) {
    throw refused("drop the namespace " + run(namespace));
  }
}
