package org.velella.spark.frame;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Looks at the first rows of a table, to find out early that it was made for another network. */
final class TableProbe {
  private static final long LEAST_BYTES = 64;

  /** What a sample takes while it is decoded: its fragment and the decoded form. */
  private static final long COPIES = 2;

  private final List<Row> rows;
  private final TableColumns columns;
  private final InputSpec spec;

  TableProbe(Dataset<Row> first, TableColumns columns, InputSpec spec) {
    this.rows = first.collectAsList();
    this.columns = columns;
    this.spec = spec;
  }

  /**
   * About the bytes of one sample's input.
   *
   * @throws InputException if all rows are unusable because their size or indices do not fit
   */
  long requireFit() {
    long bytes = 0;
    String misfit = null;
    int misfits = 0;
    for (Row row : rows) {
      byte[] fragment = columns.fragment(row);
      bytes += fragment.length;
      try {
        SampleInput.of(0, List.of(Fragment.of(fragment)), spec.width(), spec.steps());
      } catch (BadSampleException e) {
        if (e.reason() == FailureReason.WRONG_LENGTH
            || e.reason() == FailureReason.INDEX_OUT_OF_RANGE) {
          misfits++;
          misfit = e.detail();
        }
      }
    }
    if (misfits == rows.size()) {
      throw new InputException(
          "%s does not fit the network's input of shape %s: %s (and so in all of its first %d rows)"
              .formatted(spec.uri(), spec.shape(), misfit, misfits));
    }
    return Math.max(LEAST_BYTES, COPIES * bytes / rows.size());
  }
}
