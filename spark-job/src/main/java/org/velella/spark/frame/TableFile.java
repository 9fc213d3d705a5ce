package org.velella.spark.frame;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * A Parquet file of one of a run's tables while it is written. Equal rows in equal order give equal
 * bytes in any JVM: nothing in it says when or where it was made.
 */
public final class TableFile implements Closeable {
  private static final long ROW_GROUP_BYTES = 32L << 20;

  private final Path file;
  private final ParquetWriter<TableRow> writer;
  private long rows;
  private boolean closed;

  private TableFile(Path file, ParquetWriter<TableRow> writer) {
    this.file = file;
    this.writer = writer;
  }

  /** A new file; an existing one is replaced. */
  public static TableFile create(RunTable table, Path file) throws IOException {
    return create(table.message(), file);
  }

  /** A new file of results; an existing one is replaced. */
  public static TableFile create(ResultColumns columns, Path file) throws IOException {
    return create(columns.message(), file);
  }

  private static TableFile create(MessageType message, Path file) throws IOException {
    return new TableFile(
        file,
        new Builder(new LocalOutputFile(file), message)
            .withConf(new Configuration(false))
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            // Looking every count up costs more time than it saves space: it is compressed anyway.
            .withDictionaryEncoding("spike_counts.list.element", false)
            .withDictionaryEncoding("first_spike_step.list.element", false)
            .build());
  }

  public void write(TableRow row) throws IOException {
    writer.write(row);
    rows++;
  }

  /** Rows written so far. */
  public long rows() {
    return rows;
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      writer.close();
      ParquetFooter.sortEncodings(file);
    }
  }

  private static final class Builder extends ParquetWriter.Builder<TableRow, Builder> {
    private final MessageType message;

    Builder(OutputFile file, MessageType message) {
      super(file);
      this.message = message;
    }

    @Override
    protected Builder self() {
      return this;
    }

    // The only form that every supported Parquet has.
    @SuppressWarnings("deprecation")
    @Override
    protected WriteSupport<TableRow> getWriteSupport(Configuration conf) {
      return new Support(message);
    }
  }

  private static final class Support extends WriteSupport<TableRow> {
    private final MessageType message;
    private TableCells cells;

    Support(MessageType message) {
      this.message = message;
    }

    // The only form that every supported Parquet has.
    @SuppressWarnings("deprecation")
    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(message, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      cells = new TableCells(message, consumer);
    }

    @Override
    public void write(TableRow row) {
      cells.row(row);
    }
  }
}
