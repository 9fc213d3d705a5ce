package org.velella.checkpoint;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.testkit.ForwardingCheckpointStore;

/**
 * The driver's part of a run of 250,000 ranges, whose range files are only names: commits, reads
 * back, adopts one more saved state, commits that, and plans what may be collected. It prints what
 * it found and ends with 0 if that was right.
 */
public final class ManyRanges {
  static final int RANGES = 250_000;
  static final int RANGE_SIZE = 4_096;
  private static final long SAMPLES = (long) RANGES * RANGE_SIZE;

  private ManyRanges() {}

  public static void main(String[] arguments) throws IOException {
    NamesOnly store = new NamesOnly(new LocalCheckpointStore(Path.of(arguments[0])));
    long begun = System.nanoTime();
    write(store);
    readAndGrow(store);
    System.out.printf(
        java.util.Locale.ROOT,
        "%d ranges, %.1f s, %.1f s of processor time, %d MB heap%n",
        RANGES,
        (System.nanoTime() - begun) / 1e9,
        processorNanos() / 1e9,
        Runtime.getRuntime().maxMemory() >> 20);
  }

  /** What one driver does, of which the next one knows nothing. */
  private static void write(NamesOnly store) throws IOException {
    List<RangeEntry> ranges = new ArrayList<>();
    for (int i = 0; i < RANGES; i++) {
      SampleRange range = new SampleRange((long) i * RANGE_SIZE, (long) (i + 1) * RANGE_SIZE);
      RangeEntry entry = RangeEntry.fresh(range).append(ref(range, 1, i), List.of());
      ranges.add(entry.append(ref(range, 2, i), List.of(recording(i))));
    }
    require(ranges.get(RANGES - 1).range().hi() == SAMPLES, "about 10^9 samples");
    ManifestLog log = new ManifestLog(store);
    ManifestHead first =
        log.commit(Manifest.first(Fixtures.RUN, SAMPLES, 10, RANGE_SIZE, Fixtures.WRITER));
    log.commit(first.successor(ranges, 10, Fixtures.WRITER));
    store.names(ranges);
  }

  private static void readAndGrow(NamesOnly store) throws IOException {
    ManifestLog again = new ManifestLog(store);
    ManifestHead head = again.latest().orElseThrow();
    require(head.manifest().ranges().size() == RANGES, "all ranges are read back");
    int saved = RANGES / 3;
    RangeEntry grown = Fixtures.save(store, head.manifest().ranges().get(saved), 3);
    Adoption.Result found = new Adoption(store).adopt(head.manifest(), Verification.HEADERS);
    require(found.warnings().isEmpty() && found.changed(), "one more is adopted");
    require(found.ranges().get(saved).equals(grown), "the saved state is the one adopted");
    head = again.commit(head.successor(found.ranges(), 10, Fixtures.WRITER));
    int files = store.list(ManifestLog.DIRECTORY).size();
    int parts = (RANGES + ManifestPart.RANGES - 1) / ManifestPart.RANGES;
    require(files == 3 + parts + 1, "the third manifest has written one part, not " + files);
    head = again.commit(head.successor(head.manifest().ranges(), 10, Fixtures.WRITER));
    Garbage garbage = new GarbageCollector(store, 2).superseded();
    require(garbage.files().size() == 3, "a part and two manifests may go, not " + garbage);
    require(!head.manifest().isComplete(), "the run is not complete");
  }

  private static long processorNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException("It does not hold that " + what);
    }
  }

  private static RangeFileRef ref(SampleRange range, long step, int i) {
    String name = new RangeFileName(range, step, new UUID(step, i)).toString();
    return new RangeFileRef(name, step, 1000 + i, "%08x".formatted(i * 31 + step), "");
  }

  private static Recording recording(int i) {
    String file = "_attempts/spikes/" + new UUID(7, i) + ".parquet";
    return new Recording("spikes", file, 0, 2, i, 100 + i, "%08x".formatted(i));
  }

  /** Lists range files that are not there; everything else is. */
  private static final class NamesOnly extends ForwardingCheckpointStore {
    private List<StoredFile> names = List.of();

    NamesOnly(CheckpointStore delegate) {
      super(delegate);
    }

    void names(List<RangeEntry> ranges) {
      names = new ArrayList<>();
      for (RangeEntry entry : ranges) {
        entry.files().forEach(file -> names.add(new StoredFile(file.file(), file.bytes())));
      }
    }

    @Override
    public List<StoredFile> list(String directory, Predicate<String> wanted) throws IOException {
      if (!directory.equals(RangeFileName.DIRECTORY)) {
        return super.list(directory, wanted);
      }
      List<StoredFile> all = new ArrayList<>(names);
      all.removeIf(file -> !wanted.test(file.name()));
      all.addAll(super.list(directory, wanted));
      all.sort(java.util.Comparator.comparing(StoredFile::name));
      return all;
    }
  }
}
