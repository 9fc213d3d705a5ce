package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.job.ExitCode;

class InspectPopulationsTest {
  @Test
  void numbersOfPopulationsAndProjectionsAreShown(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("net.yaml");
    Files.writeString(
        file,
        """
        seed: 1
        populations:
          exc: {size: 100, model: lif}
          inh: {size: 30, model: if}
        projections:
          ei: {from: exc, to: inh, rule: {in_degree: 5}, delay: 3}
          ie: {from: inh, to: exc, rule: {pairs: [[0, 7], [0, 8]]}, weight: [1, 2], delay: [1, 4]}
        """);

    CommandLineRun run = CommandLineRun.of("inspect", file.toString());

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.out().replaceAll(" +", " "))
        .contains("exc 100 lif v", "inh 30 if v")
        .contains("ei exc inh EqualWeightProjection 150 5 0 to")
        .contains("ie inh exc DelayedProjection 2 0 to 1 0 to 2 1 to 4")
        .contains("synapses 152,")
        // What the node of a delay remembers is not said of the projection behind it, too.
        .containsPattern("ei\\.delay Delay exc \\[100] history \\[\\d, 100]")
        .doesNotContain("delay.history");
  }

  @Test
  void fileThatIsNoNetworkIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("net.yaml"), "seed: 1\nsize: 3\n");

    CommandLineRun run = CommandLineRun.of("inspect", file.toString());

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("line 2: The file has no 'size'");
  }
}
