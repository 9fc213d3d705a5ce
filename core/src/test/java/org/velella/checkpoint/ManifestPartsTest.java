package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.WRITER;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.testkit.ForwardingCheckpointStore;
import org.velella.testkit.MemoryCheckpointStore;

/** From how many ranges on a manifest has parts, and what a task reads of it then. */
class ManifestPartsTest {
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();

  /** Each with two recordings, from a range on. */
  private static List<RangeEntry> entries(int from, int to) {
    List<RangeEntry> ranges = new ArrayList<>();
    for (int i = from; i < to; i++) {
      SampleRange range = new SampleRange(2L * i, 2L * i + 2);
      String name = new RangeFileName(range, 1, new UUID(1, i)).toString();
      RangeFileRef ref = new RangeFileRef(name, 1, 1000, "%08x".formatted(i), "");
      ranges.add(
          RangeEntry.fresh(range).append(ref, List.of(recording("spikes", i), recording("v", i))));
    }
    return ranges;
  }

  private static Recording recording(String kind, int i) {
    String file = "_attempts/" + kind + "/" + new UUID(2, i) + ".parquet";
    return new Recording(kind, file, 0, 1, 7, 100, "%08x".formatted(i));
  }

  private ManifestHead commit(List<RangeEntry> ranges) throws IOException {
    ManifestLog log = new ManifestLog(store);
    ManifestHead first = log.commit(Manifest.first(RUN, 20_000, 10, 2, WRITER));
    return log.commit(first.successor(ranges, 10, WRITER));
  }

  private List<StoredFile> files() {
    return store.list(ManifestLog.DIRECTORY, name -> name.startsWith("00000000000000000002."));
  }

  @Test
  void aManifestOfOnePartsRangesIsOneFile() throws IOException {
    ManifestHead head = commit(entries(100, 4196));

    assertThat(files()).extracting(StoredFile::name).containsExactly("00000000000000000002.json");
    assertThat(new ManifestLog(store).latest()).contains(head);
  }

  @Test
  void aManifestOfOneRangeMoreHasParts() throws IOException {
    ManifestHead head = commit(entries(100, 4197));

    assertThat(files())
        .extracting(StoredFile::name)
        .containsExactly(
            "00000000000000000002.json",
            "00000000000000000002.part-00000.json",
            "00000000000000000002.part-00001.json");
    assertThat(new ManifestLog(store).latest()).contains(head);
  }

  @Test
  void aTaskReadsTheListAndThePartOfItsRange() throws IOException {
    List<RangeEntry> ranges = entries(0, 5000);
    commit(ranges);
    Counting counting = new Counting(store);
    List<Long> lengths = files().stream().map(StoredFile::length).toList();

    assertThat(new ManifestLog(counting).latestEntry(ranges.get(4999).range()))
        .contains(ranges.get(4999));

    assertThat(counting.opened)
        .containsExactly(
            "checkpoint/manifests/00000000000000000002.json",
            "checkpoint/manifests/00000000000000000002.part-00001.json");
    long all = lengths.stream().mapToLong(Long::longValue).sum();
    assertThat(counting.bytes).isEqualTo(lengths.get(0) + lengths.get(2)).isLessThan(all / 5);
  }

  /** Where nothing of a range is saved no part has it. */
  @Test
  void ofARangeThatNoPartHasATaskReadsTheListAlone() throws IOException {
    commit(entries(0, 5000));
    Counting counting = new Counting(store);

    assertThat(new ManifestLog(counting).latestEntry(new SampleRange(19_998, 20_000))).isEmpty();

    assertThat(counting.opened).containsExactly("checkpoint/manifests/00000000000000000002.json");
    assertThat(counting.bytes).isEqualTo(files().get(0).length()).isLessThan(2000);
  }

  /** Counts what is read of files, as their readers ask for all of each. */
  private static final class Counting extends ForwardingCheckpointStore {
    private final List<String> opened = new ArrayList<>();
    private long bytes;

    Counting(CheckpointStore delegate) {
      super(delegate);
    }

    @Override
    public StoredInput open(String path) throws IOException {
      StoredInput input = super.open(path);
      opened.add(path);
      bytes += input.length();
      return input;
    }
  }
}
