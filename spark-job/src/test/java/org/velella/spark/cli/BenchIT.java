package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.velella.spark.job.ExitCode;

/** The smallest variants only: that they run, check themselves and print what they should. */
@Tag("kernels")
class BenchIT {
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
            "--runs",
            "1");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("items").asInt()).isEqualTo(16);
    assertThat(json.get("of_scalar").asDouble()).isPositive();
    CommandLineRun incomplete = CommandLineRun.of("bench", "net", "--steps", "20");
    assertThat(incomplete.exitCode()).isEqualTo(2);
    assertThat(incomplete.err()).contains("--network");
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
