package org.velella.spark.frame;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.page.PageWriteStore;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Receives the cells of one row, by column. */
public final class TableCells {
  private final MessageType message;
  private final ColumnDescriptor[] leaves;

  /** For each column its writer, or null for one of {@link #lists}; of the row group at hand. */
  private final ColumnWriter[] writers;

  /** For each column of lists of whole numbers its pages, else null; of the row group at hand. */
  private final IntListColumn[] lists;

  private final boolean[] set;

  TableCells(MessageType message) {
    this.message = message;
    leaves = message.getColumns().toArray(ColumnDescriptor[]::new);
    writers = new ColumnWriter[leaves.length];
    lists = new IntListColumn[leaves.length];
    set = new boolean[leaves.length];
  }

  /** The columns that Parquet's own writers write. */
  static MessageType written(MessageType message) {
    return new MessageType(
        message.getName(),
        IntStream.range(0, message.getFieldCount())
            .filter(i -> !IntListColumn.isList(message.getColumns().get(i)))
            .mapToObj(message::getType)
            .toList());
  }

  /**
   * Begins a row group.
   *
   * @param store has the columns that are {@linkplain #written written}
   * @param pages takes those of the others
   */
  void begin(ColumnWriteStore store, PageWriteStore pages) {
    for (int i = 0; i < leaves.length; i++) {
      if (IntListColumn.isList(leaves[i])) {
        lists[i] = new IntListColumn(leaves[i], pages.getPageWriter(leaves[i]));
      } else {
        writers[i] = store.getColumnWriter(leaves[i]);
      }
    }
  }

  void row(TableRow row) throws IOException {
    Arrays.fill(set, false);
    row.writeTo(this);
    for (int i = 0; i < set.length; i++) {
      if (!set[i]) {
        nothing(i);
      }
    }
    for (IntListColumn list : lists) {
      if (list != null) {
        list.endRow();
      }
    }
  }

  private void nothing(int column) {
    if (message.getType(column).isRepetition(Type.Repetition.REQUIRED)) {
      throw new IllegalStateException(
          "A row of %s has nothing in column %s, which must have something"
              .formatted(message.getName(), message.getFieldName(column)));
    }
    if (lists[column] != null) {
      lists[column].nothing();
    } else {
      writers[column].writeNull(0, 0);
    }
  }

  /** Ends the row group's lists. */
  void flush() throws IOException {
    for (IntListColumn list : lists) {
      if (list != null) {
        list.writePage();
      }
    }
  }

  /** Bytes of lists that wait, about. */
  long bufferedBytes() {
    long bytes = 0;
    for (IntListColumn list : lists) {
      bytes += list == null ? 0 : list.bufferedBytes();
    }
    return bytes;
  }

  /** The writer of a column in which something is put now. */
  private ColumnWriter writer(int column) {
    set[column] = true;
    return writers[column];
  }

  private int defined(int column) {
    return leaves[column].getMaxDefinitionLevel();
  }

  public void put(int column, long value) {
    writer(column).write(value, 0, defined(column));
  }

  public void put(int column, int value) {
    writer(column).write(value, 0, defined(column));
  }

  public void put(int column, double value) {
    writer(column).write(value, 0, defined(column));
  }

  public void put(int column, Binary value) {
    writer(column).write(value, 0, defined(column));
  }

  public void put(int column, String value) {
    put(column, Binary.fromString(value));
  }

  /** The list {@code values[from, to)}. */
  public void put(int column, int[] values, int from, int to) {
    set[column] = true;
    lists[column].add(values, from, to);
  }

  /** The list {@code values[from, to)}. */
  public void put(int column, float[] values, int from, int to) {
    ColumnWriter writer = writer(column);
    int defined = defined(column);
    if (from == to) {
      writer.writeNull(0, defined - 1);
    }
    for (int i = from; i < to; i++) {
      writer.write(values[i], i == from ? 0 : 1, defined);
    }
  }

  /** The list of {@code values}, in which NaN stands for nothing. */
  public void put(int column, double[] values) {
    ColumnWriter writer = writer(column);
    int defined = defined(column);
    if (values.length == 0) {
      writer.writeNull(0, defined - 2);
    }
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        writer.writeNull(i == 0 ? 0 : 1, defined - 1);
      } else {
        writer.write(values[i], i == 0 ? 0 : 1, defined);
      }
    }
  }

  /** The list of {@code values}. */
  public void put(int column, long[] values) {
    ColumnWriter writer = writer(column);
    int defined = defined(column);
    if (values.length == 0) {
      writer.writeNull(0, defined - 2);
    }
    for (int i = 0; i < values.length; i++) {
      writer.write(values[i], i == 0 ? 0 : 1, defined);
    }
  }
}
