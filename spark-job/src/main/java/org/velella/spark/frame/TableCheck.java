package org.velella.spark.frame;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Reads a file of a table from its first byte to its last, and keeps nothing. */
public final class TableCheck {
  private TableCheck() {}

  /**
   * Reads all pages of a file, compares their checksums and unpacks them.
   *
   * @param rows that it must have
   * @throws java.io.FileNotFoundException if there is none
   * @throws IOException if it is damaged or cannot be read; the message says what is wrong
   */
  public static void read(Path file, long rows, Configuration conf) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(file, conf),
            HadoopReadOptions.builder(conf).usePageChecksumVerification(true).build())) {
      long found = 0;
      for (PageReadStore group = reader.readNextRowGroup();
          group != null;
          group = reader.readNextRowGroup()) {
        found += group.getRowCount();
        for (ColumnDescriptor column :
            reader.getFooter().getFileMetaData().getSchema().getColumns()) {
          readPages(group.getPageReader(column));
        }
      }
      if (found != rows) {
        throw new IOException("it has %d rows instead of %d".formatted(found, rows));
      }
    } catch (RuntimeException e) {
      // Parquet's own exceptions, and what it runs into while it trusts damaged lengths.
      throw new IOException("it is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Whether a stored file is what a sound one on this machine's disk is: byte for byte, or row for
   * row if another version of Parquet has written it or its values are encoded in another way. A
   * file that cannot be read for its damage is not.
   *
   * @throws IOException if the storage fails
   */
  public static boolean isSame(Path file, java.nio.file.Path sound, Configuration conf)
      throws IOException {
    byte[] expected = Files.readAllBytes(sound);
    FileSystem files = file.getFileSystem(conf);
    byte[] found;
    try (InputStream in = files.open(file)) {
      found = in.readAllBytes();
    }
    if (Arrays.equals(found, expected)) {
      return true;
    }
    Path made = new Path(sound.toUri());
    try {
      boolean older = isOfFewerColumns(file, made, conf);
      boolean otherwise =
          older
              || !createdBy(file, conf).equals(createdBy(made, conf))
              || !encodings(file, conf).equals(encodings(made, conf));
      return otherwise && hasSameRows(file, made, older ? withColumnsOf(file, conf) : conf);
    } catch (IOException | RuntimeException e) {
      // The bytes were read before, so it is what they say and not the storage.
      return false;
    }
  }

  /** Whether a file has some of the columns only, as those that older versions wrote. */
  private static boolean isOfFewerColumns(Path file, Path made, Configuration conf)
      throws IOException {
    List<String> has = schema(file, conf).getFields().stream().map(Type::toString).toList();
    List<String> all = schema(made, conf).getFields().stream().map(Type::toString).toList();
    return has.size() < all.size() && all.containsAll(has);
  }

  /** Lets what is read have the columns of a file only. */
  private static Configuration withColumnsOf(Path file, Configuration conf) throws IOException {
    Configuration some = new Configuration(conf);
    some.set(ReadSupport.PARQUET_READ_SCHEMA, schema(file, conf).toString());
    return some;
  }

  private static MessageType schema(Path file, Configuration conf) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf))) {
      return reader.getFooter().getFileMetaData().getSchema();
    }
  }

  private static String createdBy(Path file, Configuration conf) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf))) {
      return String.valueOf(reader.getFooter().getFileMetaData().getCreatedBy());
    }
  }

  /** How each column of each row group is encoded. */
  private static List<String> encodings(Path file, Configuration conf) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf))) {
      return reader.getFooter().getBlocks().stream()
          .flatMap(group -> group.getColumns().stream())
          .map(column -> column.getPath() + " " + new TreeSet<>(column.getEncodings()))
          .toList();
    }
  }

  private static boolean hasSameRows(Path file, Path made, Configuration conf) throws IOException {
    long rows = 0;
    try (ParquetReader<Group> one = rows(file, conf);
        ParquetReader<Group> two = rows(made, conf)) {
      Group row = one.read();
      Group wanted = two.read();
      while (row != null && wanted != null && row.toString().equals(wanted.toString())) {
        rows++;
        row = one.read();
        wanted = two.read();
      }
      if (row != null || wanted != null) {
        return false;
      }
    }
    read(file, rows, conf);
    return true;
  }

  private static ParquetReader<Group> rows(Path file, Configuration conf) throws IOException {
    return ParquetReader.builder(new GroupReadSupport(), file).withConf(conf).build();
  }

  private static void readPages(PageReader pages) {
    pages.readDictionaryPage();
    while (pages.readPage() != null) {
      // Reading a page checks it.
    }
  }
}
