package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFileTest {
  private static final Configuration CONF = FakeHdfs.configure(new Configuration());

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"file:", "hdfs://output-file"})
  void whatFailsLeavesThingsAsTheyWere(String store) throws IOException {
    Path file = folder.resolve("sub/net.json");
    String uri = store + file;
    OutputFile.Content failing =
        out -> {
          out.write(new byte[5000]);
          throw new IOException("half way");
        };
    assertThatThrownBy(() -> OutputFile.write(uri, CONF, failing)).hasMessage("half way");
    assertThat(file.getParent()).isEmptyDirectory();
    OutputFile.write(uri, CONF, out -> out.write(1));
    assertThatThrownBy(() -> OutputFile.write(uri, CONF, failing)).hasMessage("half way");
    assertThat(file).hasBinaryContent(new byte[] {1});
    OutputFile.write(uri, CONF, out -> out.write(2));
    assertThat(file).hasBinaryContent(new byte[] {2});
    try (var left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }
}
