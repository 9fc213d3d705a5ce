package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.WRITER;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.velella.testkit.MemoryCheckpointStore;

/** Manifests of more than 50,000 ranges. */
class TwoLevelManifestTest {
  private static final int RANGES = 50_001;

  private static final MemoryCheckpointStore COMMITTED = new MemoryCheckpointStore();

  private final MemoryCheckpointStore store = COMMITTED.copy();
  private final ManifestLog log = new ManifestLog(store);
  private ManifestHead head;

  @BeforeAll
  static void commit() throws IOException {
    ManifestLog log = new ManifestLog(COMMITTED);
    List<RangeEntry> ranges = new ArrayList<>();
    for (int i = 0; i < RANGES; i++) {
      ranges.add(entry(i, 1));
    }
    ManifestHead first = log.commit(Manifest.first(RUN, 2L * RANGES, 10, 2, WRITER));
    log.commit(first.successor(ranges, 10, WRITER));
  }

  @BeforeEach
  void open() throws IOException {
    head = log.latest().orElseThrow();
  }

  private static RangeEntry entry(int i, long step) {
    SampleRange range = new SampleRange(2L * i, 2L * i + 2);
    String name = new RangeFileName(range, step, new UUID(step, i)).toString();
    RangeFileRef ref = new RangeFileRef(name, step, 1000, "%08x".formatted(i), "");
    return RangeEntry.fresh(range).append(ref, List.of());
  }

  private ManifestHead change(ManifestLog by, ManifestHead base, Selection selection, int... which)
      throws IOException {
    List<RangeEntry> ranges = new ArrayList<>(base.manifest().ranges());
    for (int i : which) {
      ranges.set(i, entry(i, 2));
    }
    TreeMap<String, String> writer = new TreeMap<>(Map.of("attempt", "by-" + which.length));
    return by.commit(base.successor(ranges, 10, writer, selection));
  }

  private List<String> files(long version) {
    String prefix = "%020d.".formatted(version);
    return store.list(ManifestLog.DIRECTORY).stream()
        .map(CheckpointStore.StoredFile::name)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  @Test
  void isReadBackFromItsParts() throws IOException {
    assertThat(files(2)).hasSize(14).contains("00000000000000000002.part-00012.json");
    assertThat(new ManifestLog(store).latest().orElseThrow()).isEqualTo(head);
    assertThat(log.manifest(2)).isEqualTo(head.manifest());
    assertThat(log.latestEntry(new SampleRange(30_000, 30_002))).contains(entry(15_000, 1));
    String text =
        new String(store.file(ManifestLog.path(2)), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(text).contains("\"required\":[\"two-level\"]").doesNotContain("safetensors");
  }

  @Test
  void writesOnlyPartsThatHaveChanged() throws IOException {
    ManifestHead third = change(log, head, Selection.all(), 5000, 8191, 50_000);

    assertThat(files(3))
        .containsExactly(
            "00000000000000000003.json",
            "00000000000000000003.part-00001.json",
            "00000000000000000003.part-00012.json");
    assertThat(new ManifestLog(store).latest().orElseThrow()).isEqualTo(third);
    assertThat(third.manifest().ranges().get(5000).step()).isEqualTo(2);
    // A log that has not read the parent writes all of them.
    new ManifestLog(store).commit(third.successor(third.manifest().ranges(), 10, WRITER));
    assertThat(files(4)).hasSize(14);
  }

  @Test
  void disjointWritersMergeTheirParts() throws IOException {
    Selection low = Selection.of(List.of(new SampleRange(0, 2 * 4096 * 2)));
    Selection high = Selection.of(List.of(new SampleRange(2 * 4096 * 2, 2 * RANGES)));
    ManifestLog other = new ManifestLog(store);
    ManifestHead same = other.latest().orElseThrow();
    change(log, head, low, 1);

    ManifestHead merged = change(other, same, high, 20_000, 40_000);

    assertThat(merged.manifest().version()).isEqualTo(4);
    assertThat(List.of(1, 20_000, 40_000))
        .allMatch(i -> merged.manifest().ranges().get(i).step() == 2);
    assertThat(files(4)).hasSize(3);
    assertThat(new ManifestLog(store).latest().orElseThrow()).isEqualTo(merged);
  }

  @Test
  void partsOfALostAttemptAreInNobodysWay() throws IOException {
    store.replace(ManifestFiles.path(ManifestPart.name(3, 1)), new byte[] {1, 2, 3});
    store.replace(ManifestFiles.path(ManifestPart.name(3, 4096)), new byte[] {1});

    ManifestHead third = change(log, head, Selection.all(), 5000);

    assertThat(files(3)).contains("00000000000000000003.part-04097.json");
    assertThat(new ManifestLog(store).latest().orElseThrow()).isEqualTo(third);
  }

  @Test
  void damagedMissingOrSwappedPartsMakeTheManifestBeforeCount() throws IOException {
    change(log, head, Selection.all(), 5000, 10_000);
    String one = ManifestFiles.path(ManifestPart.name(3, 1));
    String two = ManifestFiles.path(ManifestPart.name(3, 2));
    byte[] good = store.file(one);
    byte[] other = store.file(two);
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 1;
    for (byte[] bad : new byte[][] {flipped, java.util.Arrays.copyOf(good, 100), other, {}}) {
      store.replace(one, bad);
      assertFallsBack(one);
    }
    store.delete(one);
    assertFallsBack(one);
    store.replace(one, good);
    assertThat(new ManifestLog(store).latest().orElseThrow().manifest().version()).isEqualTo(3);
  }

  private void assertFallsBack(String part) throws IOException {
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> log.manifest(3))
        .withMessageContaining(part);
    ManifestHead before = new ManifestLog(store).latest().orElseThrow();
    assertThat(before.manifest()).isEqualTo(head.manifest());
    assertThat(before.nextVersion()).isEqualTo(4);
    assertThat(before.warnings()).singleElement().asString().contains(part);
  }

  private static final double MOST_SECONDS = 30;

  /**
   * Where others have the machine, too, the clock tells little; they slow processors down as well.
   */
  private static final double MOST_PROCESSOR_SECONDS = 45;

  private static final Pattern TOLD =
      Pattern.compile("250000 ranges, ([0-9.]+) s, ([0-9.]+) s of processor time.*");

  @Test
  @Timeout(value = 240, unit = TimeUnit.SECONDS)
  void aDriverOf250ThousandRangesNeedsNoMoreThan512MebibytesOfHeap(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ManyRanges.class.getName(),
                directory.resolve("run").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor()).as(() -> text(output)).isZero();
    } finally {
      process.destroyForcibly();
    }
    Matcher told = TOLD.matcher(Files.readString(output));
    assertThat(told.find()).as(() -> text(output)).isTrue();
    System.out.println("measured: " + told.group());
    double seconds = Double.parseDouble(told.group(1));
    double processor = Double.parseDouble(told.group(2));
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    boolean busy = load > Runtime.getRuntime().availableProcessors();
    assertThat(seconds <= MOST_SECONDS || busy && processor <= MOST_PROCESSOR_SECONDS)
        .as("%s, load %.1f", told.group(), load)
        .isTrue();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
