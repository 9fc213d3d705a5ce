package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.NO_PROVENANCE;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.firstManifest;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.state;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.provenance.JsonException;
import org.velella.testkit.MemoryCheckpointStore;

/** What devices have done is counted with the steps that are committed, and once. */
class DeviceCountsTest {
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();

  private RangeEntry save(RangeEntry before, long step, DeviceCounts devices) throws IOException {
    return RangeFile.write(
        store, RUN, before, state(FIRST, step), List.of(), NO_PROVENANCE, devices);
  }

  private static DeviceCounts a(long launches) {
    return DeviceCounts.of("A", launches, 0, 0, 0, 0);
  }

  @Test
  void numbersOfTheSameDeviceAddUp() {
    DeviceCounts some = DeviceCounts.of("A", 1, 9, 2, 3, 4);
    DeviceCounts others =
        DeviceCounts.of("A", 10, 90, 20, 30, 40).plus(DeviceCounts.of("B", 5, 5, 5, 5, 5));

    assertThat(some.plus(others).byDevice())
        .isEqualTo(Map.of("A", List.of(11L, 99L, 22L, 33L, 44L), "B", List.of(5L, 5L, 5L, 5L, 5L)));
    assertThat(DeviceCounts.NONE.plus(some)).isEqualTo(some.plus(DeviceCounts.NONE));
    assertThat(a(Long.MAX_VALUE).plus(a(1))).isEqualTo(a(Long.MAX_VALUE));
    assertThat(DeviceCounts.of(others.text())).isEqualTo(others);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"A\":[1,2,3,4]}", "{\"A\":[1,2,3,4,-5]}", "{\"A\":1}", "[]"})
  void whatIsNoCountIsRefused(String text) {
    assertThatExceptionOfType(JsonException.class).isThrownBy(() -> DeviceCounts.of(text));
    assertThatIllegalArgumentException().isThrownBy(() -> DeviceCounts.of("A", 1, 2));
  }

  /** Two attempts have computed steps 3 and 4; one of them counts. */
  @Test
  void whatTwoAttemptsHaveDoneCountsOnce() throws IOException {
    RangeEntry both = save(RangeEntry.fresh(FIRST), 2, a(100));
    save(both, 4, a(7));
    RangeEntry copy = save(both, 4, a(20));
    copy = save(copy, 6, DeviceCounts.of("B", 3, 0, 0, 0, 0));

    RangeEntry adopted =
        new Adoption(store).adopt(firstManifest(), Verification.DATA).ranges().get(0);

    assertThat(adopted).isEqualTo(copy);
    assertThat(newest(adopted).devices())
        .isEqualTo(a(120).plus(DeviceCounts.of("B", 3, 0, 0, 0, 0)));
    // Whoever falls back to a state falls back to what its steps have used.
    assertThat(adopted.files())
        .extracting(RangeFileRef::devices)
        .containsExactly(a(100), a(120), newest(copy).devices());
  }

  @Test
  void manifestsTellThemInALaterMinorVersion() throws IOException {
    RangeEntry entry = save(RangeEntry.fresh(FIRST), 2, a(100));
    ManifestLog log = new ManifestLog(store);
    ManifestHead head = log.commit(firstManifest());
    log.commit(head.successor(List.of(entry), 10, WRITER));

    assertThat(log.latest().orElseThrow().manifest().ranges()).containsExactly(entry);
    assertThat(new String(store.file(ManifestLog.path(1)), java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"minor\":0")
        .doesNotContain("devices");
    assertThat(new String(store.file(ManifestLog.path(2)), java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"minor\":3")
        .contains("\"devices\":{\"A\":[100,0,0,0,0]}");
  }

  /** A writer of an earlier minor version lists a file without what it does not know. */
  @Test
  void fileIsTheListedOneThoughItsListerKnewNoDevices() throws IOException {
    RangeFileRef ref = newest(save(RangeEntry.fresh(FIRST), 2, a(100)));
    RangeFileRef listed =
        new RangeFileRef(ref.file(), ref.step(), ref.bytes(), ref.crc32c(), ref.shared());

    assertThat(Fixtures.sameState(RangeFile.read(store, RUN, listed), state(FIRST, 2))).isTrue();
    assertThat(RangeFile.verify(store, listed).ref()).isEqualTo(ref).isNotEqualTo(listed);
  }

  @Test
  void goldenFilesTellThem() throws IOException {
    Manifest manifest = new ManifestLog(GoldenCheckpoint.writeWithDevices()).manifest(2);

    assertThat(newest(manifest.ranges().get(0)).devices().byDevice())
        .isEqualTo(
            new TreeMap<>(
                Map.of(
                    "A (GPU-1)", List.of(30L, 1500L, 14L, 16L, 18L),
                    "B (GPU-2)", List.of(1L, 2L, 3L, 4L, 5L))));
  }
}
