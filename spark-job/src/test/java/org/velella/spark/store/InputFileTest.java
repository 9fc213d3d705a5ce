package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @TempDir Path folder;

  private final Configuration conf = new Configuration();

  @Test
  void plainFileOnDiskIsNotCopied() throws IOException {
    Path file = Files.write(folder.resolve("plain"), CONTENT);
    try (InputFile input = InputFile.open(file.toString(), conf)) {
      assertThat(input.onDisk()).isEqualTo(file);
    }
    assertThat(file).hasBinaryContent(CONTENT);
  }

  @Test
  void fileWithChecksumsIsCopiedUntilItIsClosed() throws IOException {
    Path file = folder.resolve("checked");
    try (OutputStream out =
        FileSystem.getLocal(conf).create(new org.apache.hadoop.fs.Path(file.toUri()))) {
      out.write(CONTENT);
    }
    assertThat(folder.resolve(".checked.crc")).exists();
    Path copy;
    try (InputFile input = InputFile.open(file.toString(), conf)) {
      input.read(1, 2);
      copy = input.onDisk();
      assertThat(copy).isNotEqualTo(file).hasBinaryContent(CONTENT);
      assertThat(input.onDisk()).isEqualTo(copy);
    }
    assertThat(copy).doesNotExist();
    assertThat(file).hasBinaryContent(CONTENT);
  }
}
