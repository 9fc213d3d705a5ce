package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.WRITER;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.velella.testkit.MemoryCheckpointStore;

/** Manifests with so many recordings that nobody would read them. */
class LargeManifestTest {
  private static final int SAMPLES = 20_000;

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();

  private ManifestLog log(int mostBytes) {
    return new ManifestLog(store, new ManifestFiles(store, mostBytes));
  }

  private static List<RangeEntry> entries(int count, List<Recording> recordings) {
    List<RangeEntry> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SampleRange range = new SampleRange(2L * i, 2L * i + 2);
      String name = new RangeFileName(range, 1, new UUID(1, i)).toString();
      RangeFileRef ref = new RangeFileRef(name, 1, 1000, "%08x".formatted(i), "");
      ranges.add(RangeEntry.fresh(range).append(ref, recordings));
    }
    return ranges;
  }

  private static List<Recording> recordings(int count, String name) {
    List<Recording> recordings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String file = "_attempts/spikes/" + name + i + ".parquet";
      recordings.add(new Recording("spikes", file, 0, 1, 7, 100, "%08x".formatted(i)));
    }
    return List.copyOf(recordings);
  }

  private ManifestHead first() throws IOException {
    return new ManifestLog(store).commit(Manifest.first(RUN, SAMPLES, 10, 2, WRITER));
  }

  private int length(String file) {
    return store.file(ManifestLog.DIRECTORY + "/" + file).length;
  }

  private void refuses(ManifestLog log, Manifest manifest, String... words) throws IOException {
    Manifest before = new ManifestLog(store).latest().orElseThrow().manifest();
    assertThatExceptionOfType(ManifestTooLargeException.class)
        .isThrownBy(() -> log.commit(manifest))
        .withMessageContainingAll(words)
        .withMessageContainingAll(
            "memory/checkpoint/manifests/00000000000000000002.json was not committed",
            "What was committed before counts as it did",
            "--checkpoint-every",
            "--range-size",
            "--record");
    assertThat(new ManifestLog(store).latest().orElseThrow().manifest()).isEqualTo(before);
    assertThat(store.exists(ManifestLog.path(2))).isFalse();
  }

  /** To the byte: what is written can be read. */
  @Test
  void aFileIsAsLargeAsReadersTakeAtMost() throws IOException {
    Manifest next = first().successor(entries(3, recordings(10, "")), 10, WRITER);
    MemoryCheckpointStore other = store.copy();
    new ManifestLog(other).commit(next);
    int length = other.file(ManifestLog.path(2)).length;

    refuses(log(length - 1), next, "30 recordings of 3 ranges", length + " bytes");
    ManifestHead head = log(length).commit(next);

    assertThat(length("00000000000000000002.json")).isEqualTo(length);
    assertThat(log(length).latest()).contains(head);
    // What is refused is what could not be read.
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> log(length - 1).manifest(2))
        .withMessageContaining("it has " + length + " bytes");
  }

  @Test
  void soIsEachPart() throws IOException {
    Manifest next = first().successor(entries(4097, recordings(1, "")), 10, WRITER);
    MemoryCheckpointStore other = store.copy();
    new ManifestLog(other).commit(next);
    int length = other.file(ManifestFiles.path(ManifestPart.name(2, 0))).length;

    refuses(log(length - 1), next, "4096 recordings of 4096 ranges", length + " bytes");
    ManifestHead head = log(length).commit(next);

    assertThat(log(length).latest()).contains(head);
  }

  /** A thousand ranges with a thousand recordings of long names: more than a gibibyte. */
  @Test
  void whatIsFarTooLargeIsRefusedWithoutBeingEncoded() throws IOException {
    List<Recording> shared = recordings(1000, "n".repeat(990));
    ManifestHead first = first();
    Manifest next = first.successor(entries(1000, shared), 10, WRITER);
    Manifest more = first.successor(entries(4100, shared.subList(0, 250)), 10, WRITER);

    // Its recordings alone are more; to encode them takes several times as much memory.
    refuses(new ManifestLog(store), next, "1000000 recordings of 1000 ranges", "1073741824");
    refuses(new ManifestLog(store), more, "1024000 recordings of 4096 ranges", "1073741824");
    assertThat(store.list(ManifestLog.DIRECTORY)).hasSize(1);
  }
}
