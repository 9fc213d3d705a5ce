package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.ChildJvm;
import org.velella.spark.TestRuns;
import org.velella.spark.TestTables;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** What users give as secrets is found in nothing that Velella writes: files, messages, logs. */
class SecretsIT {
  private static final String PLANTED = "pl4nted";

  @TempDir Path folder;

  private record Ended(int exitCode, String output) {}

  /** A command in a JVM of its own, with all that Spark logs. */
  private Ended velella(String... args) throws IOException, InterruptedException {
    return velella(Map.of(), args);
  }

  private Ended velella(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> command = ChildJvm.shortLived();
    command.addAll(List.of("-Xmx1g", "-cp", ChildJvm.classPath()));
    command.add(Velella.class.getName());
    command.addAll(Arrays.asList(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.log").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
    return new Ended(process.exitValue(), Files.readString(folder.resolve("output.log")));
  }

  private static void assertHidden(Ended ended) {
    assertThat(ended.output()).isNotBlank().doesNotContain(PLANTED);
  }

  private static void assertHidden(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(bytes).as(file.toString()).doesNotContain(PLANTED);
      }
    }
  }

  @Test
  void secretsOfOptionsAndSettings() throws Exception {
    List<org.apache.spark.sql.Row> rows = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      rows.add(TestTables.values((long) n, new float[144]));
    }
    String input = TestTables.parquet(folder.resolve("t.parquet"), TestTables.VALUES, rows, 1);
    Path run = folder.resolve("run");
    Path config =
        Files.writeString(
            folder.resolve("job.yaml"),
            "conf: {spark.hadoop.fs.s3a.secret.key: " + PLANTED + "FromFile}\n");
    String[] simulate = {
      "simulate",
      "--network",
      "example/orientations.nir",
      "--input",
      input,
      "--steps",
      "9",
      "--output",
      run.toString(),
      "--config",
      config.toString(),
      "--input-option",
      "password=" + PLANTED + "Word",
      "--input-option",
      "apiToken=" + PLANTED + "Token",
      "--conf",
      "spark.hadoop.fs.s3a.access.key=" + PLANTED + "Key"
    };
    Ended simulated = velella(simulate);
    assertThat(simulated.exitCode()).as(simulated.output()).isZero();
    assertHidden(simulated);
    assertHidden(run);
    assertThat(Files.readString(run.resolve("_run/run.json")))
        .contains("input-option.password", "(redacted)");

    // The run does not know them either.
    CommandLineRun resumed = CommandLineRun.of("resume", run.toString(), "--steps", "+1");
    assertThat(resumed.exitCode()).isEqualTo(2);
    assertThat(resumed.err()).contains("holds a secret, which the run does not keep");
  }

  @Test
  void secretsInsideUrls() throws Exception {
    String secret = PLANTED + "User:" + PLANTED + "Word@";
    for (String url :
        List.of(
            "s3a://" + secret + "bucket/network.nir",
            "http://localhost:9/network.nir?X-Amz-Signature=" + PLANTED,
            "hdfs://" + secret + "localhost:9/network.nir")) {
      CommandLineRun network =
          CommandLineRun.of(
              "simulate", "--network", url, "--input", "x", "--steps", "1", "--output", "y");
      assertThat(network.exitCode()).isNotZero();
      assertThat(network.err()).contains("(redacted)").doesNotContain(PLANTED);
      CommandLineRun output =
          CommandLineRun.of(
              "simulate", "--network", "n", "--input", "x", "--steps", "1", "--output", url);
      assertThat(output.exitCode()).isNotZero();
      assertThat(output.err()).doesNotContain(PLANTED);
      CommandLineRun inspected = CommandLineRun.of("inspect", url);
      assertThat(inspected.exitCode()).isNotZero();
      assertThat(inspected.err() + inspected.out()).doesNotContain(PLANTED);
    }
    CommandLineRun conf =
        CommandLineRun.of(
            "simulate",
            "--network=n",
            "--input=jdbc:postgresql://" + secret + "host/db?password=" + PLANTED,
            "--steps=1",
            "--output=" + folder.resolve("new"));
    assertThat(conf.exitCode()).isEqualTo(2);
    assertThat(conf.err()).doesNotContain(PLANTED);
    CommandLineRun badInput =
        CommandLineRun.of(
            "simulate",
            "--network=example/orientations.nir",
            "--input=jdbc:postgresql://" + secret + "host/db?password=" + PLANTED,
            "--input-format=jdbc",
            "--steps=1",
            "--output=" + folder.resolve("new"));
    assertThat(badInput.exitCode()).isNotZero();
    assertThat(badInput.err()).doesNotContain(PLANTED);
  }

  /** Of Amazon's variables Spark makes settings of Hadoop; nobody knows the other one. */
  @Test
  void secretsOfTheEnvironment() throws Exception {
    Map<String, String> environment =
        Map.of(
            "AWS_ACCESS_KEY_ID", PLANTED + "Id",
            "AWS_SECRET_ACCESS_KEY", PLANTED + "Key",
            "AWS_SESSION_TOKEN", PLANTED + "Token",
            "SOME_VARIABLE", PLANTED + "Other");
    Path run = folder.resolve("run");
    String[] simulate = {
      "simulate",
      "-v",
      "--network",
      "example/orientations.nir",
      "--input",
      "example/events.npy",
      "--steps",
      "9",
      "--record",
      "spikes",
      "--output",
      run.toString()
    };
    Ended simulated = velella(environment, simulate);
    assertThat(simulated.exitCode()).as(simulated.output()).isZero();
    assertHidden(simulated);
    assertHidden(run);

    simulate[5] = "s3a://bucket/events.npy";
    simulate[simulate.length - 1] = folder.resolve("other").toString();
    Ended failed = velella(environment, simulate);
    assertThat(failed.exitCode()).isNotZero();
    assertHidden(failed);
    assertHidden(folder.resolve("run"));
    assertThat(folder.resolve("other")).doesNotExist();
  }

  /** The run goes well, so that all is written that a run writes. */
  @Test
  void secretsInsideUrlsThatAreRead() throws Exception {
    Path network =
        Files.copy(Path.of("example/orientations.nir"), folder.resolve("orientations.nir"));
    Path values = folder.resolve("values.npy");
    TestRuns.write(values, Tensor.of(Shape.of(2, 144), new float[288]));
    String store = "%s://%sUser:%sWord@host".formatted(UrlFileSystem.SCHEME, PLANTED, PLANTED);
    String query = "?X-Signature=" + PLANTED + "Signature";
    Path run = folder.resolve("run");
    String setting =
        "spark.hadoop.fs.%s.impl=%s".formatted(UrlFileSystem.SCHEME, UrlFileSystem.class.getName());
    Ended simulated =
        velella(
            "simulate",
            "-v",
            "--network",
            store + network + query,
            "--input",
            store + values + query,
            "--input-format",
            "npy",
            "--steps",
            "9",
            "--output",
            run.toString(),
            "--conf",
            setting);
    assertThat(simulated.exitCode()).as(simulated.output()).isZero();
    assertHidden(simulated);
    assertHidden(run);
    assertThat(Files.readString(run.resolve("_run/run.json")))
        .contains(UrlFileSystem.SCHEME + "://", network.toString(), values.toString());

    Ended resumed = velella("resume", run.toString(), "--steps", "+1", "--conf", setting);
    assertThat(resumed.exitCode()).isEqualTo(2);
    assertHidden(resumed);
    CommandLineRun inspected = CommandLineRun.of("inspect", run.toString());
    assertThat(inspected.exitCode()).as(inspected.err()).isZero();
    assertThat(inspected.out()).contains("(redacted)@host").doesNotContain(PLANTED);
  }

  /** No local file has a host. */
  @Test
  void localFilesOfAHostAreRefused() {
    String file = "file://" + PLANTED + "User:" + PLANTED + "Word@host/network.nir";
    for (String option : List.of("--network", "--input", "--output")) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "simulate",
                  "--network=example/orientations.nir",
                  "--input=example/events.npy",
                  "--steps=1",
                  "--output=" + folder.resolve("new")));
      command.replaceAll(each -> each.startsWith(option) ? option + "=" + file : each);
      CommandLineRun refused = CommandLineRun.of(command.toArray(String[]::new));
      assertThat(refused.exitCode()).as(refused.err()).isEqualTo(2);
      assertThat(refused.err()).contains("(redacted)@host").doesNotContain(PLANTED, "\tat ");
    }
  }
}
