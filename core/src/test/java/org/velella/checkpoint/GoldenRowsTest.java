package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.GoldenRows.TRIAL_A;
import static org.velella.checkpoint.GoldenRows.TRIAL_B;
import static org.velella.checkpoint.GoldenRows.TRIAL_C;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.tensor.Shape;
import org.velella.testkit.MemoryCheckpointStore;

/** Range files say themselves which rows they hold, and rows of failed samples are not there. */
class GoldenRowsTest {
  private static MemoryCheckpointStore golden(String name) throws IOException, URISyntaxException {
    Path root =
        Path.of(GoldenRowsTest.class.getResource("/golden/checkpoint-v1-rows/" + name).toURI());
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.filter(GoldenRowsTest::isOfRun)::iterator) {
        store.replace(
            root.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
      }
    }
    return store;
  }

  /** What a reader should find stands beside it. */
  private static boolean isOfRun(Path path) {
    return Files.isRegularFile(path) && !path.endsWith("expected.json");
  }

  /** Whole and sound, and its recordings too. */
  private static Manifest manifest(MemoryCheckpointStore store) throws IOException {
    Manifest manifest = new ManifestLog(store).latest().orElseThrow().manifest();
    assertThat(manifest.version()).isEqualTo(2);
    for (RangeEntry entry : manifest.ranges()) {
      for (Recording recording : entry.recordings()) {
        RecordingFile.verify(store, recording);
      }
    }
    assertThat(new Adoption(store).adopt(manifest, Verification.DATA))
        .isEqualTo(new Adoption.Result(manifest.ranges(), false, List.of()));
    return manifest;
  }

  private static RangeState state(MemoryCheckpointStore store, RunIdentity run, RangeFileRef ref)
      throws IOException {
    return RangeFile.read(store, run, ref);
  }

  @Test
  void samplesThatHaveFailedHaveNoRows() throws IOException, URISyntaxException {
    MemoryCheckpointStore store = golden(GoldenRows.FAILED);
    Manifest manifest = manifest(store);
    RangeEntry first = manifest.ranges().get(0);

    RangeState before = state(store, GoldenCheckpoint.RUN, first.files().get(0));
    RangeState after = state(store, GoldenCheckpoint.RUN, first.files().get(1));

    assertThat(before.sampleIds().longs()).containsExactly(100, 101, 102);
    assertThat(after.range()).isEqualTo(new SampleRange(0, 3));
    assertThat(after.sampleIds().longs()).containsExactly(100, 102);
    assertThat(after.memories().get("synapse.i").doubles()).containsExactly(0.4, 2.4);
    assertThat(after.memories().get("delay.line").shape()).isEqualTo(Shape.of(2, 1, 3));
    assertThat(after.memories().get("delay.line").bytes()).containsExactly(250, 0, 0, 252, 0, 0);
    assertThat(after.memories().get("clock.step").longs()).containsExactly(4);
    assertThat(after.accumulators().get("spike_counts").ints()).containsExactly(0, 0, 8, 0);
    assertThat(first.recordings()).extracting(Recording::rows).containsExactly(1L);
  }

  @Test
  void rangeOfWhichAllSamplesHaveFailedGoesOnWithoutRows() throws IOException, URISyntaxException {
    MemoryCheckpointStore store = golden(GoldenRows.FAILED);
    RangeEntry second = manifest(store).ranges().get(1);

    RangeState none = state(store, GoldenCheckpoint.RUN, second.current().orElseThrow());

    assertThat(none.step()).isEqualTo(4);
    assertThat(none.samples()).isZero();
    assertThat(none.memories().get("lif.v").shape()).isEqualTo(Shape.of(0, 2));
    assertThat(none.memories().get("clock.step").longs()).containsExactly(4);
    assertThat(none.accumulators().get("spike_counts").shape()).isEqualTo(Shape.of(0, 2));
    assertThat(second.recordings()).extracting(Recording::rows).containsExactly(2L);
  }

  @Test
  void rowsOfASweepAreToldApartByTheirTrials() throws IOException, URISyntaxException {
    MemoryCheckpointStore store = golden(GoldenRows.SWEEP);
    Manifest manifest = manifest(store);
    assertThat(manifest.run()).isEqualTo(GoldenRows.SWEEP_RUN);
    assertThat(manifest.samples()).isEqualTo(8);
    assertThat(manifest.isComplete()).isTrue();

    RangeState first = state(store, GoldenRows.SWEEP_RUN, newest(manifest, 0));
    RangeState second = state(store, GoldenRows.SWEEP_RUN, newest(manifest, 1));

    assertThat(first.accumulators().keySet())
        .containsExactly("trial_id", "spike_counts", "first_spike_step");
    assertThat(first.accumulators().get("trial_id").longs())
        .containsExactly(TRIAL_A, TRIAL_A, TRIAL_B);
    assertThat(first.sampleIds().longs()).containsExactly(100, 101, 101);
    assertThat(first.memories().get("synapse.i").doubles()).containsExactly(0.4, 1.4, 3.4);
    assertThat(second.range()).isEqualTo(new SampleRange(4, 8));
    assertThat(second.accumulators().get("trial_id").longs()).containsExactly(TRIAL_C, TRIAL_C);
    assertThat(second.sampleIds().longs()).containsExactly(100, 101);
  }

  private static RangeFileRef newest(Manifest manifest, int range) {
    return Fixtures.newest(manifest.ranges().get(range));
  }

  @Test
  void writingAgainGivesTheSameBytes() throws IOException, URISyntaxException {
    for (Map.Entry<String, MemoryCheckpointStore> written : GoldenRows.write().entrySet()) {
      Map<String, byte[]> files = golden(written.getKey()).files();
      assertThat(written.getValue().files().keySet())
          .as(written.getKey())
          .isEqualTo(files.keySet())
          .hasSizeGreaterThan(5);
      written
          .getValue()
          .files()
          .forEach((path, bytes) -> assertThat(bytes).as(path).isEqualTo(files.get(path)));
    }
  }
}
