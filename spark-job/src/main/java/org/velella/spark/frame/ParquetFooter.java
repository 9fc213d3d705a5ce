package org.velella.spark.frame;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * The footer of a finished Parquet file. Parquet's writer lists the encodings of a column in the
 * order of their identity hash codes, which differs from one JVM to the next; in sorted order equal
 * rows give equal bytes everywhere.
 */
final class ParquetFooter {
  private static final int TRAILER = 8;

  private ParquetFooter() {}

  /** Rewrites a file's footer with its encodings in the order of their numbers. */
  static void sortEncodings(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer trailer = read(channel, channel.size() - TRAILER, TRAILER);
      int length = trailer.order(ByteOrder.LITTLE_ENDIAN).getInt(0);
      long start = channel.size() - TRAILER - length;
      FileMetaData footer =
          Util.readFileMetaData(new ByteArrayInputStream(read(channel, start, length).array()));
      for (RowGroup group : footer.getRow_groups()) {
        for (ColumnChunk chunk : group.getColumns()) {
          sort(chunk.getMeta_data());
        }
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Util.writeFileMetaData(footer, bytes);
      ByteBuffer sorted =
          ByteBuffer.allocate(bytes.size() + TRAILER).order(ByteOrder.LITTLE_ENDIAN);
      sorted.put(bytes.toByteArray()).putInt(bytes.size()).put(trailer.position(4)).flip();
      channel.truncate(start);
      channel.position(start);
      while (sorted.hasRemaining()) {
        channel.write(sorted);
      }
    }
  }

  private static void sort(ColumnMetaData column) {
    List<Encoding> encodings = new ArrayList<>(column.getEncodings());
    encodings.sort(Comparator.comparingInt(Encoding::getValue));
    column.setEncodings(encodings);
    if (column.isSetEncoding_stats()) {
      List<PageEncodingStats> stats = new ArrayList<>(column.getEncoding_stats());
      stats.sort(
          Comparator.comparingInt((PageEncodingStats s) -> s.getPage_type().getValue())
              .thenComparingInt(s -> s.getEncoding().getValue()));
      column.setEncoding_stats(stats);
    }
  }

  private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new IOException("A Parquet file ended while its footer was read");
      }
    }
    return buffer.flip();
  }
}
