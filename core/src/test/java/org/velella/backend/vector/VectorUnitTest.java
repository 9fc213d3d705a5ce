package org.velella.backend.vector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorUnitTest {
  @Test
  void reportsThePreferredLanes() {
    assumeTrue(
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(),
        "Spark 3.5 starts Java without the Vector API");
    VectorUnit unit = VectorUnit.here();
    assertThat(unit.present()).isTrue();
    // Every machine with a Vector API has vectors of 64 bits or more, a power of two.
    assertThat(unit.lanes()).isGreaterThanOrEqualTo(2).matches(n -> Integer.bitCount(n) == 1);
    assertThat(unit.description())
        .isEqualTo(unit.lanes() * 32 + "-bit vectors (" + unit.lanes() + " float32 lanes)");
  }

  @Test
  void absentModuleIsReportedNotThrown() throws IOException, InterruptedException {
    String classes = Path.of("target", "classes").toAbsolutePath().toString();
    String tests = Path.of("target", "test-classes").toAbsolutePath().toString();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                List.of(
                    java.toString(),
                    "-cp",
                    classes + System.getProperty("path.separator") + tests,
                    PrintsVectorUnit.class.getName()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.strip())
        .isEqualTo(
            "0: no Vector API in this JVM; start Java with --add-modules=jdk.incubator.vector");
  }

  /** Run in a JVM of its own, without the module. */
  static final class PrintsVectorUnit {
    public static void main(String[] arguments) {
      VectorUnit unit = VectorUnit.here();
      PrintStream out = System.out;
      out.print(unit.lanes() + ": " + unit.description());
    }
  }
}
