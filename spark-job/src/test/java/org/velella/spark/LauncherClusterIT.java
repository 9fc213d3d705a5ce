package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/velella} as a user calls it, from another folder, with what the build has made. */
class LauncherClusterIT {
  @TempDir Path folder;

  private String out;
  private String err;

  private int velella(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of("bin", "velella").toAbsolutePath().toString());
    command.addAll(Arrays.asList(arguments));
    Path outFile = folder.resolve("out.txt");
    Path errFile = folder.resolve("err.txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // Surefire's own variables are not the user's.
    builder.environment().keySet().removeAll(List.of("SPARK_LOCAL_IP", "OMP_NUM_THREADS"));
    int code =
        builder.redirectOutput(outFile.toFile()).redirectError(errFile.toFile()).start().waitFor();
    out = Files.readString(outFile);
    err = Files.readString(errFile);
    return code;
  }

  @Test
  void exampleRunsAndIsQueried() throws IOException, InterruptedException {
    Path example = Path.of("example").toAbsolutePath();
    int code =
        velella(
            "simulate",
            "--network",
            example.resolve("orientations.nir").toString(),
            "--input",
            example.resolve("events.npy").toString(),
            "--steps",
            "200",
            "--record",
            "spikes",
            "--output",
            "run");
    assertThat(code).as(err).isZero();
    assertThat(out).contains("16 samples simulated to step 200", "prediction");
    // Nothing but Java's own note, the choice of a backend, and progress.
    assertThat(
            err.lines()
                .filter(line -> !line.startsWith("velella: ") && !line.startsWith("WARNING: ")))
        .isEmpty();
    assertThat(folder.resolve("run/results")).isDirectoryContaining("glob:**.parquet");
    assertThat(velella("sql", "run", "SELECT count(*) AS n FROM results")).as(err).isZero();
    assertThat(out).isEqualTo(" n\n16\n");
  }

  @Test
  void backendsOfAllModulesAreListedWithReasons() throws IOException, InterruptedException {
    assertThat(velella("inspect", "--backends")).as(err).isZero();
    assertThat(out).contains("cuda", "scalar");
    assertThat(velella("inspect", "missing.nir")).isEqualTo(2);
    assertThat(err).contains("missing.nir");
  }
}
