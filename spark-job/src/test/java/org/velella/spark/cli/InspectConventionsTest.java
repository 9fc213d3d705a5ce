package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.job.ExitCode;

class InspectConventionsTest {
  private static final String EXAMPLE = "example/orientations.nir";

  @Test
  void populationsAreExplainedUnderTheConventionAskedForAndUnderEveryPreset() {
    CommandLineRun run =
        CommandLineRun.of("inspect", EXAMPLE, "--convention", "sinabs", "--conventions");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    // lif1 has a time constant of 2 ms in float32: about e^(-0.1 / 2), and 0.1 / 2.
    assertThat(run.out())
        .containsSubsequence(
            "digest", "lif1 (LIF) [", "sinabs", "0.9512294", "norse", "0.04999999");
  }

  @Test
  void fileOfAnotherFormHasNothingToExplain(@TempDir Path folder) {
    String file = folder.resolve("net.safetensors").toString();
    assertThat(CommandLineRun.of("convert", "network", EXAMPLE, file).exitCode()).isZero();

    CommandLineRun run = CommandLineRun.of("inspect", file, "--conventions");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("is no NIR file");
  }
}
