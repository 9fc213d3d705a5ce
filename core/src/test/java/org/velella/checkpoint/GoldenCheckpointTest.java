package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.tensor.Shape;
import org.velella.testkit.MemoryCheckpointStore;

/** Checkpoints of format version 1 stay readable, and the same state still gives the same bytes. */
class GoldenCheckpointTest {
  private final MemoryCheckpointStore golden = new MemoryCheckpointStore();

  @BeforeEach
  void read() throws IOException, URISyntaxException {
    Path root = Path.of(GoldenCheckpointTest.class.getResource("/golden/checkpoint-v1").toURI());
    try (Stream<Path> paths = Files.walk(root.resolve("checkpoint"))) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        golden.replace(
            root.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
      }
    }
  }

  @Test
  void manifestIsRead() throws IOException {
    ManifestHead head = new ManifestLog(golden).latest().orElseThrow();
    Manifest manifest = head.manifest();

    assertThat(head.crc32c()).isEqualTo("b8b04a12");
    assertThat(manifest.version()).isEqualTo(2);
    assertThat(manifest.parent()).isEqualTo(new Manifest.Parent(1, "98a0e9c4"));
    assertThat(manifest.samples()).isEqualTo(5);
    assertThat(manifest.targetSteps()).isEqualTo(4);
    assertThat(manifest.run().dt()).isEqualTo(1e-4);
    assertThat(manifest.run()).isEqualTo(GoldenCheckpoint.RUN);
    assertThat(manifest.ranges()).extracting(RangeEntry::step).containsExactly(4L, 2L);
    assertThat(manifest.ranges().get(0).recordings())
        .containsExactly(
            new Recording("spikes", "_attempts/spikes/part-1.parquet", 0, 2, 11),
            new Recording("spikes", "_attempts/spikes/part-2.parquet", 2, 4, 12));
    assertThat(manifest.isComplete()).isFalse();
    Adoption.Result adopted = new Adoption(golden).adopt(manifest, Verification.DATA);
    assertThat(adopted).isEqualTo(new Adoption.Result(manifest.ranges(), false, List.of()));
  }

  @Test
  void stateIsRead() throws IOException {
    Manifest manifest = new ManifestLog(golden).manifest(2);

    RangeState state =
        RangeFile.read(
            golden, GoldenCheckpoint.RUN, manifest.ranges().get(0).current().orElseThrow());

    assertThat(state.range()).isEqualTo(new SampleRange(0, 3));
    assertThat(state.step()).isEqualTo(4);
    assertThat(state.sampleIds().longs()).containsExactly(100, 101, 102);
    assertThat(state.memories().keySet())
        .containsExactly("lif.v", "synapse.i", "delay.line", "clock.step");
    assertThat(state.memories().get("lif.v").shape()).isEqualTo(Shape.of(3, 2));
    assertThat(state.memories().get("lif.v").floats())
        .containsExactly(0.5f, -Float.MIN_VALUE, 1.5f, Float.NaN, 2.5f, -Float.MIN_VALUE);
    assertThat(state.memories().get("synapse.i").doubles()).containsExactly(0.4, 1.4, 2.4);
    assertThat(state.memories().get("delay.line").bytes())
        .containsExactly(250, 0, 0, 251, 0, 0, 252, 0, 0);
    assertThat(state.memories().get("clock.step").longs()).containsExactly(4);
    assertThat(state.accumulators().get("spike_counts").ints()).containsExactly(0, 0, 4, 0, 8, 0);
    assertThat(state.accumulators().get("first_spike_step").ints())
        .containsExactly(-1, -1, 1, -1, 2, -1);
  }

  @Test
  void writingAgainGivesTheSameBytes() throws IOException {
    Map<String, byte[]> written = GoldenCheckpoint.write().files();

    assertThat(written.keySet()).isEqualTo(golden.files().keySet()).hasSize(5);
    written.forEach(
        (path, bytes) -> assertThat(bytes).as(path).isEqualTo(golden.files().get(path)));
  }

  @Test
  void damagedCopiesAreToldApartFromNewerOnes() throws IOException {
    Manifest manifest = new ManifestLog(golden).manifest(2);
    RangeFileRef ref = manifest.ranges().get(0).current().orElseThrow();
    byte[] good = golden.files().get(Fixtures.path(ref));

    byte[] flipped = good.clone();
    flipped[flipped.length - 1] ^= 0x10;
    golden.replace(Fixtures.path(ref), flipped);
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.read(golden, GoldenCheckpoint.RUN, ref));
    golden.replace(
        Fixtures.path(ref),
        Fixtures.withMetadata(
            good,
            metadata -> {
              TreeMap<String, String> newer = new TreeMap<>(metadata);
              newer.put("format", newer.get("format").replace("\"major\":1", "\"major\":2"));
              return newer;
            }));
    assertThatExceptionOfType(CheckpointTooNewException.class)
        .isThrownBy(() -> RangeFile.read(golden, GoldenCheckpoint.RUN, ref));
  }
}
