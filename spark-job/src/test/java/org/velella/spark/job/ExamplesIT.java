package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestSpark;

class ExamplesIT {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir private Path folder;

  @Test
  void filesOfTheJarAreCopied() throws IOException {
    Examples.Files files = Examples.copyTo(SPARK, folder + "/new/");
    Path events = folder.resolve("new").resolve("events.npy");
    assertThat(Path.of(files.events())).isEqualTo(events);
    assertThat(events).hasSameBinaryContentAs(Path.of("example", "events.npy"));
    assertThat(Path.of(files.network()))
        .hasSameBinaryContentAs(Path.of("example", "orientations.nir"));
    assertThat(Path.of(files.trained())).hasSameBinaryContentAs(Path.of("example", "bars.nir"));
    files
        .models()
        .forEach(
            (name, model) ->
                assertThat(Path.of(model)).hasSameBinaryContentAs(Path.of("example", name)));
    assertThat(names(folder.resolve("new"))).isEqualTo(names(Path.of("example")));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      // Hadoop keeps a checksum beside each file, under a hidden name.
      return files
          .map(each -> each.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  @Test
  void aFileThatIsThereStays() throws IOException {
    Path events = Path.of(Examples.copyTo(SPARK, folder.toString()).events());
    FileTime before = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(events, before);
    Examples.copyTo(SPARK, folder.toString());
    assertThat(Files.getLastModifiedTime(events)).isEqualTo(before);
  }

  @Test
  void anotherFileOfTheNameIsRefused() throws IOException {
    Path events = Path.of(Examples.copyTo(SPARK, folder.toString()).events());
    byte[] bytes = Files.readAllBytes(events);
    bytes[bytes.length - 1]++;
    Files.write(events, bytes);
    assertThatThrownBy(() -> Examples.copyTo(SPARK, folder.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("events.npy");
    assertThat(events).hasBinaryContent(bytes);
    Files.write(events, new byte[] {1});
    assertThatThrownBy(() -> Examples.copyTo(SPARK, folder.toString()))
        .isInstanceOf(UsageException.class);
    assertThat(events).hasBinaryContent(new byte[] {1});
  }

  @Test
  void networksAreReadFromTheJar() {
    assertThat(Examples.model("cuba.yaml").network().outputShape("exc").size()).isEqualTo(3200);
    assertThatThrownBy(() -> Examples.model("brunel2000-panels.csv"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("brunel2000.yaml");
  }

  @Test
  void aFolderNeedsAName() {
    assertThatThrownBy(() -> Examples.copyTo(SPARK, " "))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("folder");
  }
}
