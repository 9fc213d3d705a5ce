package org.velella.gpu.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JcudaNativesTest {
  private static final int PROCESSES = 6;

  @TempDir Path temporary;

  @BeforeEach
  void onlyWhereJcudaHasLibraries() {
    assumeTrue(
        CudaProbe.here().state() != CudaProbe.State.NO_NATIVES, "JCuda has no libraries for here");
  }

  /** Unguarded, about half of such starts crash or fail to link. */
  @Test
  void processesThatStartTogetherAllLoad() throws IOException, InterruptedException {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start());
    }
    for (Process process : processes) {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output).isEqualTo(CudaProbe.here().state() + " " + temporary);
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).as("left behind").isEmpty();
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Probes.class.getName())
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void absentClassIsALinkageError() {
    String before = System.getProperty("java.io.tmpdir");
    assertThatThrownBy(() -> JcudaNatives.load("jcuda.runtime.Absent"))
        .isInstanceOf(LinkageError.class)
        .hasMessageContaining("jcuda.runtime.Absent");
    assertThat(System.getProperty("java.io.tmpdir")).isEqualTo(before);
  }

  /** Run in JVMs of their own. */
  static final class Probes {
    public static void main(String[] arguments) {
      System.out.print(CudaProbe.here().state() + " " + System.getProperty("java.io.tmpdir"));
    }
  }
}
