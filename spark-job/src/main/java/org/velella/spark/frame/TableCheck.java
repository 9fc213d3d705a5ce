package org.velella.spark.frame;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

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

  private static void readPages(PageReader pages) {
    pages.readDictionaryPage();
    while (pages.readPage() != null) {
      // Reading a page checks it.
    }
  }
}
