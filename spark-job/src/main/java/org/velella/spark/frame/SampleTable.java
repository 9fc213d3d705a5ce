package org.velella.spark.frame;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table of samples whose rows are taken one by one, where they are: the id first, then the input,
 * then whatever else a row has.
 */
public final class SampleTable implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int READ = 2;

  private final TableColumns columns;
  private final StructType others;

  private SampleTable(TableColumns columns, StructType others) {
    this.columns = columns;
    this.others = others;
  }

  /**
   * The table of a schema.
   *
   * @param name for messages
   * @param results names of columns that come beside them, which others may not have
   * @throws InputException if the columns are not those of samples, or another has a name of these
   */
  public static SampleTable of(StructType schema, String name, Set<String> results) {
    TableColumns columns = TableColumns.of(schema, name);
    Set<String> read = Set.of(TableColumns.SAMPLE_ID, columns.payload());
    StructType others = new StructType();
    for (StructField field : schema.fields()) {
      String lower = field.name().toLowerCase(Locale.ROOT);
      if (!read.contains(lower)) {
        if (results.contains(lower)) {
          throw new InputException(
              "%s has a column %s, and so have the results; rename it or drop it"
                  .formatted(name, field.name()));
        }
        others = others.add(field);
      }
    }
    return new SampleTable(columns, others);
  }

  /** What to select of the table, so that the other methods find it. */
  public Column[] columns() {
    List<Column> all = new ArrayList<>(List.of(columns.expressions()));
    for (String other : others.fieldNames()) {
      all.add(functions.col("`" + other.replace("`", "``") + "`"));
    }
    return all.toArray(Column[]::new);
  }

  /** What users should know of how the columns are taken, such as that numbers are rounded. */
  public List<String> messages() {
    return columns.messages();
  }

  /** The columns that are neither id nor input. */
  public StructType others() {
    return others;
  }

  /** The values of {@link #others}. */
  public List<Object> others(Row row) {
    List<Object> values = new ArrayList<>();
    for (int i = READ; i < row.size(); i++) {
      values.add(row.get(i));
    }
    return values;
  }

  /**
   * The input of a row.
   *
   * @param width input elements of the network
   * @param steps that will be simulated
   * @throws BadSampleException if it cannot be simulated
   */
  public SampleInput input(Row row, int width, long steps) throws BadSampleException {
    if (row.isNullAt(0)) {
      throw new BadSampleException(FailureReason.NO_SAMPLE_ID, "a row whose sample_id is null");
    }
    Fragment fragment = Fragment.of(columns.fragment(row));
    return SampleInput.of(row.getLong(0), List.of(fragment), width, steps);
  }
}
