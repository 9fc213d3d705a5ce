package org.velella.spark.frame;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * A column of lists of whole numbers in one row group of a Parquet file. Results are little else,
 * and a list is a copy of an array; so its pages are made here list by list, which Parquet's own
 * writers do number by number.
 */
final class IntListColumn {
  private static final int PAGE_VALUES = 1 << 18;
  private static final int PAGE_ROWS = 20_000;

  private final ColumnDescriptor column;
  private final PageWriter pages;
  private final LevelRuns repetition = new LevelRuns();
  private final LevelRuns definition = new LevelRuns();
  private int[] values = new int[1024];
  private int length;

  /** Rows without a list, or with an empty one. */
  private int without;

  private int rows;

  IntListColumn(ColumnDescriptor column, PageWriter pages) {
    this.column = column;
    this.pages = pages;
  }

  /** Whether a column is one of lists of whole numbers, each of them there. */
  static boolean isList(ColumnDescriptor column) {
    return column.getMaxRepetitionLevel() == 1
        && column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32
        && column.getPrimitiveType().isRepetition(Type.Repetition.REQUIRED);
  }

  /** A row with the list {@code values[from, to)}. */
  void add(int[] list, int from, int to) {
    int more = to - from;
    if (more == 0) {
      without(column.getMaxDefinitionLevel() - 1);
      return;
    }
    if (length + more > values.length) {
      values = Arrays.copyOf(values, Math.max(length + more, 2 * length));
    }
    System.arraycopy(list, from, values, length, more);
    length += more;
    repetition.add(0, 1);
    repetition.add(1, more - 1);
    definition.add(column.getMaxDefinitionLevel(), more);
  }

  /** A row without a list. */
  void nothing() {
    without(0);
  }

  private void without(int level) {
    without++;
    repetition.add(0, 1);
    definition.add(level, 1);
  }

  void endRow() throws IOException {
    rows++;
    if (length >= PAGE_VALUES || rows == PAGE_ROWS) {
      writePage();
    }
  }

  /** Bytes that wait, about. */
  long bufferedBytes() {
    return (long) length * Integer.BYTES + pages.getMemSize();
  }

  /** Ends the page. */
  void writePage() throws IOException {
    if (rows == 0) {
      return;
    }
    byte[] repeated = repetition.take();
    byte[] defined = definition.take();
    ByteBuffer page =
        ByteBuffer.allocate(
                Math.addExact(
                    2 * Integer.BYTES + repeated.length + defined.length,
                    Math.multiplyExact(length, Integer.BYTES)))
            .order(ByteOrder.LITTLE_ENDIAN);
    page.putInt(repeated.length).put(repeated).putInt(defined.length).put(defined);
    page.asIntBuffer().put(values, 0, length);
    pages.writePage(
        BytesInput.from(page.array()),
        length + without,
        rows,
        statistics(),
        Encoding.RLE,
        Encoding.RLE,
        Encoding.PLAIN);
    length = 0;
    without = 0;
    rows = 0;
  }

  private Statistics<?> statistics() {
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    statistics.incrementNumNulls(without);
    if (length > 0) {
      int min = values[0];
      int max = values[0];
      for (int i = 1; i < length; i++) {
        min = Math.min(min, values[i]);
        max = Math.max(max, values[i]);
      }
      ((IntStatistics) statistics).setMinMax(min, max);
    }
    return statistics;
  }
}
