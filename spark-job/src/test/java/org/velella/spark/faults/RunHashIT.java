package org.velella.spark.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.SimulateJob;

/** What the measure of all faults sees: files that nothing accounts for, wherever they lie. */
class RunHashIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MANIFESTS = "checkpoint/manifests";
  private static final String UUID = "00000000-0000-4000-8000-000000000000";

  @TempDir static Path folder;
  private static Path whole;
  private static int runs;

  private Path run;

  @BeforeAll
  static void simulate() {
    whole = folder.resolve("whole");
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "whole", 60).checkpointEvery(20).record("spikes").build());
  }

  @BeforeEach
  void copy() {
    run = folder.resolve("run" + runs++);
    TestRuns.copy(whole, run);
    assertThat(RunHash.orphans(run)).isEmpty();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  /** A copy of a table's or directory's first file under another name. */
  private void plant(String directory, String name) throws IOException {
    Path at = Files.createDirectories(run.resolve(directory));
    List<Path> there = files(at);
    byte[] bytes = there.isEmpty() ? new byte[] {1} : Files.readAllBytes(there.get(0));
    Files.write(at.resolve(name), bytes);
  }

  private void assertOrphan(String directory, String name) throws IOException {
    plant(directory, name);
    assertThat(RunHash.orphans(run)).singleElement().asString().endsWith(name);
    Files.delete(run.resolve(directory).resolve(name));
    assertThat(RunHash.orphans(run)).isEmpty();
  }

  @Test
  void filesThatNothingAccountsForAreSeen() throws IOException {
    String recording = "r000000000000-000000000004.s00000000-00000020." + UUID + ".parquet";
    assertOrphan(
        "checkpoint/ranges", "r000000000000-000000000004.s00000020." + UUID + ".safetensors");
    assertOrphan("checkpoint/ranges", ".tmp-" + UUID);
    assertOrphan(MANIFESTS, "00000000000000000001.part-00000.json");
    assertOrphan(MANIFESTS, ".tmp-" + UUID);
    assertOrphan("_attempts/spikes", recording);
    assertOrphan("spikes", recording);
  }

  @Test
  void resultsOfFewerStepsAndOfAnotherDivisionAreSeen() throws IOException {
    assertThat(files(run.resolve("results")).get(0).getFileName().toString())
        .isEqualTo("s00000060.r000000000000-000000000023.parquet");
    assertOrphan("results", "s00000040.r000000000000-000000000023.parquet");
    assertOrphan("results", "s00000060.r000000000008-000000000023.parquet");
    assertOrphan("results", "s00000080.r000000000000-000000000023.parquet");
    assertOrphan("results", ".tmp-" + UUID);
  }

  private static byte[] manifest(ObjectNode json) throws IOException {
    String line = JSON.writeValueAsString(json) + "\n";
    CRC32C crc = new CRC32C();
    crc.update(line.getBytes(UTF_8));
    return "%scrc32c:%08x\n".formatted(line, crc.getValue()).getBytes(UTF_8);
  }

  /**
   * As of a run of many ranges: the newest manifest says the same, and its ranges lie in a part.
   */
  @Test
  void manifestsInPartsAreReadAsOthers() throws IOException {
    List<Path> manifests = files(run.resolve(MANIFESTS));
    Path newest = manifests.get(manifests.size() - 1);
    ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(newest));
    ObjectNode part = JSON.createObjectNode();
    part.set("ranges", json.remove("ranges"));
    String name = newest.getFileName().toString().replace(".json", ".part-00000.json");
    json.putArray("parts").addObject().put("file", name);
    Files.write(newest, manifest(json));
    Files.write(newest.resolveSibling(name), manifest(part));
    for (Path earlier : manifests.subList(0, manifests.size() - 1)) {
      Files.delete(earlier);
    }
    plant("results", "s00000040.r000000000000-000000000023.parquet");

    assertThat(RunHash.orphans(run))
        .containsExactly("results/s00000040.r000000000000-000000000023.parquet");
    Files.delete(run.resolve("results/s00000040.r000000000000-000000000023.parquet"));
    assertThat(RunHash.of(run)).isEqualTo(RunHash.of(whole));

    Files.write(newest, manifest(json.without("parts")));
    assertThat(RunHash.orphans(run)).anyMatch(orphan -> orphan.endsWith(name));
    assertThat(RunHash.of(run)).isNotEqualTo(RunHash.of(whole));
  }
}
