package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.RangeFileRef;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.faults.RunHash;
import org.velella.spark.job.SimulateJob;

/** What {@code velella gc} removes from a run, by what it was told. */
class GcIT {
  private static final long STEPS = 80;
  private static final int EVERY = 20;
  private static final int RANGES = 6;

  @TempDir Path folder;

  private Path run;
  private String hash;

  @BeforeEach
  void simulate() {
    run = folder.resolve("run");
    SimulateJob.run(
        TestSpark.session(), TestRuns.config(folder, "run", STEPS).checkpointEvery(EVERY).build());
    hash = RunHash.of(run);
  }

  private CommandLineRun gc(String... options) {
    CommandLineRun cleaned =
        CommandLineRun.of(
            Stream.concat(Stream.of("gc", run.toString()), Stream.of(options))
                .toArray(String[]::new));
    assertThat(cleaned.exitCode()).as(cleaned.err()).isZero();
    assertThat(RunHash.of(run)).isEqualTo(hash);
    return cleaned;
  }

  /** All files of the run and their bytes. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(run)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(
            run.relativize(path).toString(),
            new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  /** A file as a lost attempt leaves one: the state of a range, whole, that nothing lists. */
  private Path unlisted(Duration age) throws IOException {
    Path ranges = run.resolve("checkpoint/ranges");
    String listed = newest().values().iterator().next();
    Path left = ranges.resolve(listed.replaceAll("[0-9a-f-]{36}", UUID.randomUUID().toString()));
    Files.copy(ranges.resolve(listed), left);
    return Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(age)));
  }

  /** The newest file of each range. */
  private Map<Long, String> newest() {
    return TestRuns.manifest(run).ranges().stream()
        .collect(
            Collectors.toMap(
                range -> range.range().lo(), range -> range.current().orElseThrow().file()));
  }

  private Stream<String> rangeFiles() throws IOException {
    return files().keySet().stream()
        .filter(name -> name.startsWith("checkpoint/ranges/"))
        .map(name -> name.substring("checkpoint/ranges/".length()));
  }

  @Test
  void dryRunSaysWhatWouldGoAndRemovesNothing() throws IOException {
    Path old = unlisted(Duration.ofDays(2));
    Map<String, String> before = files();

    CommandLineRun dry = gc("--dry-run", "--keep", "1", "--grace", "0s");
    assertThat(dry.out())
        .contains(old.getFileName() + "  " + Files.size(old) + "\n", "nothing was removed");
    assertThat(files()).isEqualTo(before);

    CommandLineRun done = gc("--keep", "1", "--grace", "0s");
    assertThat(done.out()).contains("removed").doesNotContain("nothing", "safetensors");
    Map<String, String> after = files();
    // Only what removes takes the run, and leaves one lease for the one before.
    before.keySet().removeIf(name -> name.startsWith("_run/lease/"));
    for (String name : before.keySet()) {
      assertThat(dry.out().contains(name + "  ")).as(name).isEqualTo(!after.containsKey(name));
    }
    assertThat(after.keySet().containsAll(before.keySet())).isFalse();
  }

  @Test
  void filesThatWereNeverListedGoOnceTheyAreOlderThanADayOrThanIsSaid() throws IOException {
    Path young = unlisted(Duration.ofHours(23));
    Path old = unlisted(Duration.ofHours(25));

    assertThat(gc("--dry-run").out())
        .contains(old.getFileName().toString())
        .doesNotContain(young.getFileName().toString());
    gc();
    assertThat(young).exists();
    assertThat(old).doesNotExist();

    gc("--grace", "1d");
    assertThat(young).exists();
    gc("--grace", "22h");
    assertThat(young).doesNotExist();

    Path now = unlisted(Duration.ZERO);
    gc("--grace", "1min");
    assertThat(now).exists();
    gc("--grace", "0s");
    assertThat(now).doesNotExist();
    assertThat(RunHash.orphans(run)).isEmpty();
  }

  @Test
  void eachRangeKeepsAsManyFilesAsIsSaid() throws IOException {
    gc();
    assertThat(TestRuns.manifest(run).ranges())
        .hasSize(RANGES)
        .as("as the run was begun")
        .allSatisfy(range -> assertThat(range.files()).hasSize(3));

    gc("--keep", "2");
    assertThat(TestRuns.manifest(run).ranges())
        .allSatisfy(
            range ->
                assertThat(range.files())
                    .extracting(RangeFileRef::step)
                    .containsExactly(STEPS - EVERY, STEPS));

    gc("--keep", "1");
    assertThat(TestRuns.manifest(run).ranges())
        .hasSize(RANGES)
        .allSatisfy(
            range ->
                assertThat(range.files()).extracting(RangeFileRef::step).containsExactly(STEPS));
    assertThat(rangeFiles()).containsExactlyInAnyOrderElementsOf(newest().values());
  }
}
