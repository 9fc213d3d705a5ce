package org.velella.spark.frame;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Parquet file of one of a run's tables while it is written. Equal rows in equal order give equal
 * bytes in any JVM: nothing in it says when or where it was made.
 */
public final class TableFile implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(TableFile.class);
  private static final long ROW_GROUP_BYTES = 32L << 20;
  private static final long MOST_ROWS_UNCHECKED = 1000;

  /**
   * Bytes of different values from which on a column of results has them as they are. Those of a
   * grid are few; of trials drawn at random each is another, and looking for it in a dictionary
   * takes longer than writing it.
   */
  private static final int DICTIONARY_BYTES_OF_RESULTS = 16 << 10;

  private final Path file;
  private final MessageType message;
  private final MessageType written;
  private final LocalOutputFile output;
  private final long groupBytes;
  private final ParquetFileWriter writer;
  private final TableCells cells;
  private final ParquetProperties properties;
  private final CodecFactory codecs;

  /** Of the row group at hand. */
  private ColumnChunkPageWriteStore pages;

  private ColumnWriteStore columns;
  private long rowsOfGroup;

  /** How many rows the group has when its size is looked at next. */
  private long nextCheck;

  private long rows;
  private boolean closed;

  private TableFile(MessageType message, Path file, long groupBytes, int dictionaryBytes)
      throws IOException {
    this.file = file;
    this.message = message;
    this.groupBytes = groupBytes;
    properties = ParquetProperties.builder().withDictionaryPageSize(dictionaryBytes).build();
    written = TableCells.written(message);
    output = new LocalOutputFile(file);
    writer = writer(message, output, groupBytes, properties);
    writer.start();
    cells = new TableCells(message);
    codecs = new CodecFactory(new Configuration(false), ParquetWriter.DEFAULT_PAGE_SIZE);
    beginGroup();
  }

  // The only form that every supported Parquet has.
  @SuppressWarnings("deprecation")
  private static ParquetFileWriter writer(
      MessageType message, LocalOutputFile output, long groupBytes, ParquetProperties properties)
      throws IOException {
    return new ParquetFileWriter(
        output,
        message,
        ParquetFileWriter.Mode.OVERWRITE,
        groupBytes,
        ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
        properties.getColumnIndexTruncateLength(),
        properties.getStatisticsTruncateLength(),
        properties.getPageWriteChecksumEnabled());
  }

  /** A new file; an existing one is replaced. */
  public static TableFile create(RunTable table, Path file) throws IOException {
    return new TableFile(
        table.message(), file, ROW_GROUP_BYTES, ParquetProperties.DEFAULT_DICTIONARY_PAGE_SIZE);
  }

  /** A new file of results; an existing one is replaced. */
  public static TableFile create(ResultColumns columns, Path file) throws IOException {
    return create(columns, file, ROW_GROUP_BYTES);
  }

  /** The same, with row groups that end with the row that makes them so large, or soon after. */
  static TableFile create(ResultColumns columns, Path file, long groupBytes) throws IOException {
    return create(columns, file, groupBytes, DICTIONARY_BYTES_OF_RESULTS);
  }

  /** The same, with dictionaries of up to so many bytes. */
  static TableFile create(ResultColumns columns, Path file, long groupBytes, int dictionaryBytes)
      throws IOException {
    return new TableFile(columns.message(), file, groupBytes, dictionaryBytes);
  }

  // The only form that every supported Parquet has.
  @SuppressWarnings("deprecation")
  private void beginGroup() {
    pages =
        new ColumnChunkPageWriteStore(
            codecs.getCompressor(CompressionCodecName.ZSTD),
            message,
            properties.getAllocator(),
            properties.getColumnIndexTruncateLength(),
            properties.getPageWriteChecksumEnabled());
    columns = properties.newColumnWriteStore(written, pages, pages);
    cells.begin(columns, pages);
    rowsOfGroup = 0;
    nextCheck = 1;
  }

  public void write(TableRow row) throws IOException {
    cells.row(row);
    columns.endRecord();
    rows++;
    rowsOfGroup++;
    // Rows may be of any size, and what lists take is known.
    if (rowsOfGroup == nextCheck || cells.bufferedBytes() >= groupBytes) {
      check();
    }
  }

  /** Ends the row group if it is large; says when to look again: half way to where it may be. */
  private void check() throws IOException {
    long bytes = columns.getBufferedSize() + cells.bufferedBytes();
    if (bytes >= groupBytes) {
      endGroup();
      beginGroup();
      return;
    }
    long perRow = Math.max(1, bytes / rowsOfGroup);
    long half = (groupBytes - bytes) / perRow / 2;
    nextCheck = rowsOfGroup + Math.max(1, Math.min(MOST_ROWS_UNCHECKED, half));
  }

  private void endGroup() throws IOException {
    if (rowsOfGroup == 0) {
      return;
    }
    columns.flush();
    cells.flush();
    writer.startBlock(rowsOfGroup);
    pages.flushToFileWriter(writer);
    writer.endBlock();
    columns.close();
  }

  /** Rows written so far. */
  public long rows() {
    return rows;
  }

  /** Closes the file as it is, if it is open, for whoever has no use for it any more. */
  public void abandon() {
    if (closed) {
      return;
    }
    closed = true;
    try (output) {
      codecs.release();
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} was given up: {}", file, e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (output) {
      endGroup();
      writer.end(Map.of());
    } finally {
      codecs.release();
    }
    ParquetFooter.sortEncodings(file);
  }
}
