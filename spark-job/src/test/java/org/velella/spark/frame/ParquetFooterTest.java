package org.velella.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetFooterTest {
  @TempDir Path folder;

  private Path write(String name) throws IOException {
    Path file = folder.resolve(name);
    try (TableFile table = TableFile.create(RunTable.SPIKES, file)) {
      for (int row = 0; row < 1000; row++) {
        int step = row;
        table.write(
            cells -> {
              cells.put(0, 0L);
              cells.put(1, step / 10L);
              cells.put(2, step % 3 == 0 ? "lif" : "out");
              cells.put(3, step);
              cells.put(4, step % 7);
            });
      }
    }
    return file;
  }

  private static FileMetaData footer(byte[] file) throws IOException {
    int at = file.length - 8;
    int length = java.nio.ByteBuffer.wrap(file).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(at);
    return Util.readFileMetaData(new java.io.ByteArrayInputStream(file, at - length, length));
  }

  @Test
  void encodingsStandInTheOrderOfTheirNumbers() throws IOException {
    FileMetaData footer = footer(Files.readAllBytes(write("rows.parquet")));
    boolean several = false;
    for (var group : footer.getRow_groups()) {
      for (var column : group.getColumns()) {
        List<Integer> numbers =
            column.getMeta_data().getEncodings().stream().map(Encoding::getValue).toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
        several |= numbers.size() > 1;
      }
    }
    assertThat(several).as("a column with several encodings").isTrue();
  }

  @Test
  void fileStaysReadableAndEqualRowsGiveEqualBytes() throws IOException {
    Path file = write("a.parquet");
    assertThat(file).hasSameBinaryContentAs(write("b.parquet"));
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
      assertThat(reader.getRecordCount()).isEqualTo(1000);
      assertThat(reader.readNextRowGroup().getRowCount()).isEqualTo(1000);
    }
  }
}
