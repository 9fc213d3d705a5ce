package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program in a JVM of its own, with so little heap that it cannot hold what it reads. */
public final class SmallHeap {
  private SmallHeap() {}

  /**
   * What a program says; it must end well.
   *
   * @param folder where it may write, its only argument
   */
  public static List<String> run(Class<?> program, long heapBytes, Path folder)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx" + heapBytes,
                    "-XX:+UseSerialGC",
                    // What lives is in the rest.
                    "-XX:NewRatio=7",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    program.getName(),
                    folder.toString()))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(() -> text(said)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(() -> text(said)).isZero();
    return Files.readAllLines(said);
  }

  /** Called by the program: refuses a heap that is larger than was asked for. */
  public static void require(long heapBytes) {
    // Not all of what was asked for counts: of two survivor spaces one is always empty.
    long found = Runtime.getRuntime().maxMemory();
    if (found > heapBytes) {
      throw new IllegalStateException(
          "The heap has %d bytes, %d were asked for".formatted(found, heapBytes));
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
