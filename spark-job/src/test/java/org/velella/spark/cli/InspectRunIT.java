package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.RangeEntry;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.SimulateJob;

/** What {@code inspect} says about a run, whole and damaged. */
class InspectRunIT {
  private static final int STEPS = 120;

  @TempDir Path folder;

  private Path run;

  @BeforeEach
  void simulate() {
    run = folder.resolve("run");
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "run", STEPS).checkpointEvery(40).record("spikes").build());
  }

  private JsonNode inspect(int exitCode, String... more) throws IOException {
    String[] args = {"inspect", run.toString(), "--json"};
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    CommandLineRun inspected = CommandLineRun.of(all);
    assertThat(inspected.exitCode()).as(inspected.out()).isEqualTo(exitCode);
    return new ObjectMapper().readTree(inspected.out());
  }

  private Path file(RangeEntry range, int index) {
    return run.resolve("checkpoint/ranges").resolve(range.files().get(index).file());
  }

  private static void flip(Path file, int fromEnd) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - fromEnd] ^= 8;
    Files.write(file, bytes);
  }

  @Test
  void aSoundRun() throws IOException {
    JsonNode report = inspect(0, "--verify");
    List<String> names = report.at("/checkpoint/memories").findValuesAsText("name");
    assertThat(names).contains("hidden.v", "readout.v", "readout.i");
    assertThat(report.at("/checkpoint/memories/0/dtype").asText()).isEqualTo("F32");
    assertThat(report.at("/checkpoint/ranges_at_step/" + STEPS).asInt()).isEqualTo(6);
    assertThat(report.at("/checkpoint/complete").asBoolean()).isTrue();
    assertThat(report.at("/status/state").asText()).isEqualTo("finished");
    assertThat(report.at("/drivers")).isEmpty();
    assertThat(report.at("/advice").asText()).contains("--checkpoint-every");
    assertThat(report.at("/health/missing")).isEmpty();
    assertThat(report.at("/health/damaged")).isEmpty();
    assertThat(report.at("/health/not_listed_files").asInt()).isZero();
    JsonNode sizes = report.at("/health/size_on_disk");
    long bytes = 0;
    try (Stream<Path> files = Files.list(run.resolve("spikes"))) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertThat(sizes.path("spikes").path("bytes").asLong()).isEqualTo(bytes).isPositive();
    assertThat(sizes.path("checkpoint/ranges").path("files").asInt()).isBetween(18, 36);
    // 6 ranges with 3 states and recordings of 3 intervals each, the results, and what says what
    // the run is: run.json and the network.
    assertThat(report.at("/verified/files_read").asInt()).isEqualTo(6 * (3 + 3) + 1 + 2);
    assertThat(report.at("/verified/unsound")).isEmpty();
    assertThat(report.at("/verified/unsound_files_of_run")).isEmpty();
    assertThat(CommandLineRun.of("inspect", run.toString()).out())
        .contains("ranges_at_step", "hidden.v", "advice");
  }

  /** What checkpoints have cost says how far apart they should be. */
  @Test
  void advisesFromWhatTheRunHasMeasured() throws IOException {
    Path file = run.resolve("_run/status.json");
    ObjectNode status = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    ObjectNode cost = (ObjectNode) status.get("checkpoints");
    cost.put("saves", 10);
    cost.put("blocked_seconds", Double.toHexString(5));
    cost.put("write_seconds", Double.toHexString(20));
    Files.writeString(file, status.toString());

    String advice = inspect(0).at("/advice").asText();

    assertThat(advice)
        .startsWith("a checkpoint held a task up for 0.500 s and took 2.000 s to write;");
  }

  /** What only an earlier manifest lists is there to fall back on. */
  @Test
  void aRunThatWentFartherHasNoUnlistedFiles() throws IOException {
    assertThat(CommandLineRun.of("resume", run.toString(), "--steps", "+" + STEPS).exitCode())
        .isZero();
    JsonNode report = inspect(0, "--verify");
    assertThat(report.at("/health/not_listed_files").asInt()).isZero();
    Set<String> listed = new HashSet<>();
    TestRuns.manifest(run).ranges().forEach(range -> listed.addAll(names(range)));
    try (Stream<Path> files = Files.list(run.resolve("checkpoint/ranges"))) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .anyMatch(name -> !listed.contains(name));
    }
  }

  private static List<String> names(RangeEntry range) {
    return range.files().stream().map(file -> file.file()).toList();
  }

  @Test
  void missingAndUnlistedFilesAreSeenWithoutReading() throws IOException {
    RangeEntry range = TestRuns.manifest(run).ranges().get(1);
    Files.delete(file(range, 0));
    Files.write(file(range, 1), new byte[7]);
    Files.write(run.resolve("_attempts/spikes/x.parquet"), new byte[11]);
    JsonNode health = inspect(1).path("health");
    assertThat(health.path("missing").toString()).contains(file(range, 0).getFileName().toString());
    assertThat(health.path("damaged").toString()).contains("has 7 bytes instead of");
    assertThat(health.path("not_listed_files").asInt()).isEqualTo(1);
    assertThat(health.path("not_listed_bytes").asInt()).isEqualTo(11);
    assertThat(health.path("ranges_without_state")).isEmpty();

    Files.delete(file(range, 2));
    assertThat(inspect(5).at("/health/ranges_without_state").toString())
        .isEqualTo("[\"" + range.range() + "\"]");
    inspect(5, "--verify");
  }

  @Test
  void missingRecordingsAndResultsAreSeenWithoutReading() throws IOException {
    inspect(0);
    for (String folder : List.of("spikes", "results")) {
      Path file;
      try (Stream<Path> files = Files.list(run.resolve(folder))) {
        file = files.sorted().findFirst().orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      assertThat(inspect(1).at("/health/missing")).as(folder).hasSize(1);
      Files.write(file, bytes);
      inspect(0);
    }
  }

  /** The state before it is sound, so the run can go on. */
  @Test
  void aDamagedStateIsFoundByReading() throws IOException {
    RangeEntry range = TestRuns.manifest(run).ranges().get(2);
    flip(file(range, 2), 5);
    assertThat(inspect(0).at("/health/damaged")).isEmpty();
    JsonNode verified = inspect(1, "--verify").path("verified");
    assertThat(verified.path("unsound").toString())
        .contains(file(range, 2).getFileName().toString());
    assertThat(verified.path("ranges_without_sound_state")).isEmpty();
  }

  @Test
  void aRangeWithoutASoundStateMakesTheCheckpointUnusable() throws IOException {
    RangeEntry range = TestRuns.manifest(run).ranges().get(2);
    flip(file(range, 0), 5);
    flip(file(range, 1), 9);
    Files.delete(file(range, 2));
    JsonNode verified = inspect(5, "--verify").path("verified");
    assertThat(verified.path("unsound")).hasSize(3);
    assertThat(verified.path("ranges_without_sound_state").toString())
        .contains(range.range().toString());
  }

  /** There is one of each, and no range goes on without them. */
  @Test
  void damagedFilesOfTheRunItselfMakeItUnusable() throws IOException {
    Path network = TestRuns.networkFile(run);
    byte[] sound = Files.readAllBytes(network);
    flip(network, 9);
    inspect(0);
    JsonNode verified = inspect(5, "--verify").path("verified");
    assertThat(verified.path("unsound_files_of_run")).hasSize(1);
    assertThat(verified.path("unsound_files_of_run").toString())
        .contains("damaged", network.getFileName().toString(), "from a copy");
    assertThat(verified.path("unsound")).isEqualTo(verified.path("unsound_files_of_run"));
    assertThat(verified.path("ranges_without_sound_state")).isEmpty();
    Files.delete(network);
    assertThat(inspect(5).at("/missing_files_of_run").toString())
        .contains("has lost its", network.getFileName().toString());
    assertThat(inspect(5, "--verify").at("/verified/unsound").toString())
        .contains("has lost its", network.getFileName().toString());
    Files.write(network, sound);
    inspect(0, "--verify");

    Path file = run.resolve("_run/run.json");
    flip(file, 9);
    assertUnusable("restore _run/run.json from a copy");
    Files.delete(file);
    assertUnusable("has lost its _run/run.json");
  }

  private void assertUnusable(String why) {
    CommandLineRun inspected = CommandLineRun.of("inspect", run.toString(), "--verify");
    assertThat(inspected.exitCode()).as(inspected.err()).isEqualTo(5);
    assertThat(inspected.err()).contains(run.toString(), why);
  }

  /** The run goes on from the manifest before, but somebody should know. */
  @Test
  void aDamagedManifestIsUnsound() throws IOException {
    Path newest;
    try (Stream<Path> files = Files.list(run.resolve("checkpoint/manifests"))) {
      newest = files.sorted(Comparator.reverseOrder()).findFirst().orElseThrow();
    }
    flip(newest, 9);
    JsonNode report = inspect(1, "--verify");
    assertThat(report.at("/verified/unsound").toString()).contains(newest.getFileName().toString());
    assertThat(report.at("/health/damaged")).hasSize(1);
    assertThat(report.at("/checkpoint/warnings").isMissingNode()).isTrue();
    inspect(1);
  }

  /** It counts only if the newest one is damaged, too. */
  @Test
  void aDamagedEarlierManifestIsTold() throws IOException {
    Path earlier;
    try (Stream<Path> files = Files.list(run.resolve("checkpoint/manifests"))) {
      earlier = files.sorted(Comparator.reverseOrder()).skip(1).findFirst().orElseThrow();
    }
    flip(earlier, 9);
    for (JsonNode report : List.of(inspect(0), inspect(0, "--verify"))) {
      assertThat(report.at("/health/damaged_earlier_manifests").toString())
          .contains(earlier.getFileName().toString());
      assertThat(report.at("/health/damaged")).isEmpty();
    }
  }

  @Test
  void damagedRecordingsAreFoundByReading() throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(run.resolve("spikes"))) {
      file = files.sorted().findFirst().orElseThrow();
    }
    byte[] sound = Files.readAllBytes(file);
    byte[] bytes = sound.clone();
    Arrays.fill(bytes, bytes.length / 4, bytes.length / 4 + 16, (byte) 0x5a);
    Files.write(file, bytes);
    assertThat(inspect(1, "--verify").at("/verified/unsound").toString())
        .contains(file.getFileName().toString());
    Files.write(file, Arrays.copyOf(sound, sound.length - 1));
    assertThat(inspect(1, "--verify").at("/verified/unsound")).hasSize(1);
    Files.delete(file);
    assertThat(inspect(1, "--verify").at("/verified/unsound").toString()).contains("is missing");
  }
}
