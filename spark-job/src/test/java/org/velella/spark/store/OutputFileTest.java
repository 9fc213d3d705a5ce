package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
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

  /** Contents that need a file of a disk, whichever store the result goes to. */
  @ParameterizedTest
  @ValueSource(strings = {"file:", "hdfs://output-file"})
  void filesMadeOnDiskAreCompleteOrAbsentToo(String store) throws IOException {
    Path file = folder.resolve("sub/net.nir");
    List<Path> made = new ArrayList<>();
    OutputFile.FileContent failing =
        path -> {
          made.add(path);
          Files.write(path, new byte[5000]);
          throw new IOException("half way");
        };
    assertThatThrownBy(() -> OutputFile.writeFile(store + file, CONF, failing))
        .hasMessageContaining("half way");
    assertThat(file).doesNotExist();
    OutputFile.writeFile(store + file, CONF, path -> Files.write(path, new byte[] {1}));
    assertThat(file).hasBinaryContent(new byte[] {1});
    assertThatThrownBy(() -> OutputFile.writeFile(store + file, CONF, failing))
        .hasMessageContaining("half way");
    assertThat(file).hasBinaryContent(new byte[] {1});
    OutputFile.writeFile(
        store + file,
        CONF,
        path -> {
          made.add(path);
          Files.delete(path);
          Files.write(path, new byte[] {2});
        });
    assertThat(file).hasBinaryContent(new byte[] {2});
    try (var left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
    assertThat(made).hasSize(3).allSatisfy(path -> assertThat(path).doesNotExist());
  }

  @Test
  void whatCannotGetItsNameIsKeptBesideTheOldFile() throws IOException {
    Path file = folder.resolve("net.json");
    String uri = "hdfs://output-file" + file;
    OutputFile.write(uri, CONF, out -> out.write(1));
    FakeHdfs.faults("output-file")
        .observe(
            (phase, request) -> {
              if (request.startsWith("rename to ")) {
                throw new UncheckedIOException(new IOException("no names today"));
              }
            });
    try {
      assertThatThrownBy(() -> OutputFile.write(uri, CONF, out -> out.write(2)))
          .hasMessageContainingAll("net.json could not be replaced", ".part");
    } finally {
      FakeHdfs.faults("output-file").observe((phase, request) -> {});
    }
    assertThat(file).hasBinaryContent(new byte[] {1});
    try (var left = Files.list(folder)) {
      var parts = left.filter(each -> each.toString().endsWith(".part")).toList();
      assertThat(parts)
          .singleElement()
          .satisfies(part -> assertThat(part).hasBinaryContent(new byte[] {2}));
    }
  }
}
