package org.velella.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files ten times as large as the heap are read, in a JVM of their own. */
class SmallHeapTest {
  @TempDir Path folder;

  @Test
  void filesTenTimesTheHeapConvert() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx" + LargeFiles.HEAP_BYTES,
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    LargeFiles.class.getName()))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(() -> text(said)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readAllLines(said))
        .containsExactly(
            "aedat 3.1: 1 sample", "n-mnist: 1 sample", "npy: 10000 samples", "csv: 2400 samples");
    assertThat(process.exitValue()).isZero();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
