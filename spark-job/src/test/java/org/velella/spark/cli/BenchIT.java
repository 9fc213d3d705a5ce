package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.ExitCode;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The smallest variants only: that they run, check themselves and print what they should. */
@Tag("kernels")
class BenchIT {
  @TempDir Path folder;

  @Test
  void workloadsPrintOneLineOfJsonForEachMeasurement() throws IOException {
    CommandLineRun run =
        CommandLineRun.of("bench", "W1", "--only", "F=256", "--runs", "3", "--threads", "1,2");
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(4);
    for (String line : lines) {
      JsonNode json = new ObjectMapper().readTree(line);
      assertThat(json.get("workload").asText()).isEqualTo("W1");
      assertThat(json.get("check").asText()).startsWith("spikes 57114,");
      assertThat(json.get("updates").asDouble()).isEqualTo(16 * 64 * 256);
      assertThat(json.get("runs").asInt()).isEqualTo(3);
      assertThat(json.get("median_s").asDouble())
          .isBetween(json.get("min_s").asDouble(), json.get("max_s").asDouble());
      assertThat(json.get("updates_per_s").asDouble()).isPositive();
      assertThat(json.fieldNames())
          .toIterable()
          .contains("engine", "threads", "params", "bytes", "gb_per_s", "peak_mb", "versions");
    }
  }

  @Test
  void checkpointsAreMeasuredBesideAPlainCopy() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "bench", "W6", "--only=10 MB", "--runs=1", "--at-least=of_plain_copy=1e9");
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).containsSubsequence("phase=save", "phase=restore", "less than 1.0E9");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(2);
    for (String phase : List.of("save", "restore")) {
      JsonNode json = new ObjectMapper().readTree(lines.get(phase.equals("save") ? 0 : 1));
      assertThat(json.get("workload").asText()).isEqualTo("W6");
      assertThat(json.get("params").get("phase").asText()).isEqualTo(phase);
      assertThat(json.get("bytes").asDouble()).isEqualTo(1e7);
      assertThat(json.get("check").asText()).isEqualTo("8 layers equal");
      assertThat(json.get("of_plain_copy").asDouble()).isPositive();
    }
  }

  /** On threads that do not share the trials evenly. */
  @Test
  void sweepsAreMeasuredBesideTheirKernel() throws IOException {
    CommandLineRun run =
        CommandLineRun.of("bench", "W4", "--only", "reciprocal", "--runs", "1", "--threads", "3");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("check").asText()).startsWith("mean_count 131.6");
    assertThat(json.get("updates").asDouble()).isEqualTo(1e9);
    assertThat(json.get("of_kernel").asDouble()).isPositive();
  }

  @Test
  void recurrentNetworksAreHeldToTheirDefinition() throws IOException {
    CommandLineRun run = CommandLineRun.of("bench", "W5", "--only", "izh1000", "--runs", "1");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("params").get("net").asText()).isEqualTo("izh1000");
    assertThat(json.get("updates").asDouble()).isEqualTo(1e6);
    assertThat(json.get("check").asText()).endsWith("500 steps as the definition");
  }

  private static JsonNode measured(String... command) throws IOException {
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> lines = run.out().lines().filter(line -> line.startsWith("{")).toList();
    assertThat(lines).as(run.out()).hasSize(1);
    return new ObjectMapper().readTree(lines.get(0));
  }

  private static JsonNode kernel(String name) throws IOException {
    JsonNode json = measured("bench", "kernels", "--only", name, "--runs", "1");
    assertThat(json.get("workload").asText()).isEqualTo("kernels");
    assertThat(json.get("params").get("kernel").asText()).isEqualTo(name);
    return json;
  }

  @Test
  void generatedNeuronsAreMeasuredBesideThoseWrittenByHand() throws IOException {
    JsonNode json = kernel("generated izhikevich");
    assertThat(json.get("updates").asDouble()).isEqualTo(16 * 4096);
    assertThat(json.get("check").asText()).matches("spikes [1-9]\\d*");
    assertThat(json.get("of_hand_written").asDouble()).isPositive();
    assertThat(json.get("of_hand_written_cpu").asDouble()).isPositive();
    assertThat(json.get("of_compare_and_blend").asDouble()).isPositive();
  }

  @Test
  void silentPopulationsAreMeasuredBesideDrivenOnes() throws IOException {
    JsonNode json = kernel("lif silent L2 T=16");
    assertThat(json.get("check").asText())
        .isEqualTo("potentials bit for bit, all of them subnormal");
    assertThat(json.get("of_driven").asDouble()).isPositive();
  }

  @Test
  void layersAndCountsAreMeasuredBesideTheScalarBackend() throws IOException {
    assertThat(kernel("pool maximum 32x28x28 1%").get("of_scalar").asDouble()).isPositive();
    JsonNode counts = kernel("poisson counts mean 1.5");
    assertThat(counts.get("of_scalar").asDouble()).isPositive();
    assertThat(counts.get("items_per_s").asDouble()).isPositive();
  }

  @Test
  void linearLayersAreCheckedInAllStepsAndComparedWithOneThread() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "bench",
            "W2",
            "--only=n=512",
            "--runs=1",
            "--threads=2,1",
            "--at-least=of_one_thread=1e9");
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("of_one_thread", "less than 1.0E9");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode json = new ObjectMapper().readTree(lines.get(i));
      assertThat(json.get("threads").asInt()).isEqualTo(i + 1);
      assertThat(json.get("flops").asDouble()).isEqualTo(2.0 * 500 * 16 * 512 * 512);
      assertThat(json.get("check").asText())
          .endsWith("500 of 500 steps of a sample as the definition");
      assertThat(json.get("of_fma_peak").asDouble()).isPositive();
      assertThat(json.has("of_one_thread")).isEqualTo(i == 1);
      assertThat(json.fieldNames())
          .toIterable()
          .startsWith(
              "workload",
              "engine",
              "threads",
              "params",
              "median_s",
              "min_s",
              "max_s",
              "runs",
              "updates",
              "updates_per_s",
              "bytes",
              "gb_per_s",
              "flops",
              "gflop_per_s",
              "items",
              "items_per_s",
              "peak_mb",
              "check",
              "versions");
    }
  }

  @Test
  void convolutionalNetworksAreMeasured() throws IOException {
    JsonNode json = measured("bench", "W3", "--only", "nmnist", "--runs", "1");
    assertThat(json.get("items").asInt()).isEqualTo(64);
    assertThat(json.get("params").get("T").asText()).isEqualTo("8");
    assertThat(json.get("params").get("batch").asText()).isEqualTo("64");
    assertThat(json.get("check").asText())
        .startsWith("sum over T, summed up, ")
        .endsWith("8 of 8 steps of a sample as the definition");
    assertThat(json.get("dense_of_fma_peak").asDouble()).isPositive();
  }

  /** Of which every population spikes. */
  @Test
  void cnnOnEventsNeedsNoFile() throws IOException {
    JsonNode json = measured("bench", "net-cnn", "--runs", "1");
    assertThat(json.get("items").asInt()).isEqualTo(16);
    assertThat(json.get("params").get("T").asText()).isEqualTo("300");
    assertThat(json.get("check").asText())
        .contains("spikes in a step of a sample: 12.86 27.49 15.68 13.91 0.25;")
        .endsWith("300 of 300 steps of a sample as the definition");
    assertThat(json.get("of_scalar").asDouble()).isPositive();
    assertThat(json.get("of_dense_scalar").asDouble()).isPositive();
  }

  @Test
  void tableHasARowForEachMeasurement() {
    CommandLineRun run =
        CommandLineRun.of(
            "bench", "W1", "--only", "T=16 F=256 bits", "--runs", "1", "--format", "table");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out().lines()).hasSize(1);
    assertThat(run.out().strip())
        .startsWith("W1 ")
        .containsPattern("F=256.* x1 .*bytes/s.*updates/s.*of_copy \\d+\\.\\d\\d$");
  }

  @Test
  void wholeJobsAreMeasured() throws IOException {
    TestSpark.session();
    JsonNode json = measured("bench", "W1-job", "--runs", "1");
    assertThat(json.get("workload").asText()).isEqualTo("W1-job");
    assertThat(json.get("check").asText()).isEqualTo("spikes 3636952");
    assertThat(json.get("updates").asDouble()).isEqualTo(16 * 64 * 16384);
    assertThat(json.get("engine").asText()).contains("on Spark");
  }

  @Test
  void networkOfOnesOwnIsMeasured() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "bench",
            "net",
            "--network",
            "example/orientations.nir",
            "--input",
            "example/events.npy",
            "--steps",
            "20",
            "--threads",
            "3",
            "--runs",
            "1");
    // Samples are shared out unevenly, and compared with the definition all the same.
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("items").asInt()).isEqualTo(16);
    assertThat(json.get("of_scalar").asDouble()).isPositive();
    CommandLineRun incomplete = CommandLineRun.of("bench", "net", "--steps", "20");
    assertThat(incomplete.exitCode()).isEqualTo(2);
    assertThat(incomplete.err()).contains("--network");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1 | 0 | 0 | Event 1 of %s is of sample -1, step 0; both count from 0",
        "0 | -2 | 0 | Event 1 of %s is of sample 0, step -2; both count from 0",
        "0 | 0 | 1156 | Event 1 of %s has index 1156, but the network has 144 inputs",
        "2147483646 | 0 | 0 | 2147483647 samples of 20 steps and 144 inputs are 6184752903360"
      })
  void eventsThatCannotBeAreRefused(int sample, int step, int index, String message) {
    Path file = folder.resolve("events.npy");
    int[] events = {0, 0, 0, sample, step, index};
    TestRuns.write(file, Tensor.of(Shape.of(2, 3), events));
    String[] command = {
      "bench", "net", "--network", "example/orientations.nir", "--input", "" + file, "--steps", "20"
    };
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(message.formatted(file)).doesNotContain("\tat ");
  }

  @Test
  void unknownBenchmarksAndBackendsAreRefused() {
    CommandLineRun run = CommandLineRun.of("bench", "W99");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("W99", "kernels", "W1");
    assertThat(CommandLineRun.of("bench", "W1", "--backend", "abacus").exitCode()).isEqualTo(2);
    // The gpu jar is not on this class path.
    assertThat(CommandLineRun.of("bench", "W1", "--backend", "cuda").exitCode()).isEqualTo(6);
    assertThat(CommandLineRun.of("bench", "W1", "--runs", "0").exitCode()).isEqualTo(2);
  }
}
