package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.NO_PROVENANCE;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.testkit.MemoryCheckpointStore;

/** A state counts only with all that was recorded on the way to it. */
class LostRecordingTest {
  @TempDir Path folder;

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private RangeEntry chain = RangeEntry.fresh(FIRST);

  @BeforeEach
  void saveFourStates() throws IOException {
    for (int step = 1; step <= 4; step++) {
      chain = save(chain, step);
    }
  }

  private RangeEntry save(RangeEntry before, int step) throws IOException {
    Path content = Files.writeString(folder.resolve("rows"), "rows of step " + step);
    Recording recording =
        new Recording("spikes", "_attempts/spikes/" + step, before.step(), step, 1);
    List<Recording> recordings = List.of(RecordingFile.write(store, recording, content));
    return RangeFile.write(store, RUN, before, state(FIRST, step), recordings, NO_PROVENANCE);
  }

  private static Manifest with(RangeEntry entry) {
    return new Manifest(
        2, new Manifest.Parent(1, "00000000"), RUN, 5, 10, 3, WRITER, List.of(entry));
  }

  private Adoption.Result adopt() throws IOException {
    return new Adoption(store, 3).adopt(with(chain), Verification.DATA);
  }

  @Test
  void writtenRecordingsSayWhatTheyAre() {
    // CRC32C of "rows of step 3", computed with the table of the golden checkpoint's reader.
    Recording third = chain.recordings().get(2);
    assertThat(third.bytes()).isEqualTo(14);
    assertThat(third.crc32c()).isEqualTo("a175cc87");
    assertThat(new String(store.file(third.file()), java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("rows of step 3");
  }

  @Test
  void publishedOnesCount() throws IOException {
    for (Recording recording : chain.recordings()) {
      store.rename(recording.file(), recording.publishedFile());
    }
    assertThat(adopt()).isEqualTo(new Adoption.Result(List.of(chain.newest(3)), true, List.of()));
  }

  @Test
  void theStateBeforeALostOneIsTaken() throws IOException {
    store.delete("_attempts/spikes/3");

    Adoption.Result found = adopt();

    assertThat(found.ranges()).containsExactly(chain.first(2));
    assertThat(found.warnings())
        .singleElement()
        .asString()
        .contains("_attempts/spikes/3 is missing", "Range [0, 3) goes on from step 2");
  }

  @Test
  void soItIsForEveryChangedBit() throws IOException {
    byte[] good = store.file("_attempts/spikes/4");
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      store.replace("_attempts/spikes/4", bad);
      assertThat(adopt().ranges()).containsExactly(chain.first(3));
    }
  }

  /** Commits look at headers alone, and must not take over what resuming has passed over. */
  @Test
  void whatWasPassedOverIsNotAdoptedLater() throws IOException {
    store.delete("_attempts/spikes/3");
    Adoption adoption = new Adoption(store, 3);
    RangeEntry left = adoption.adopt(with(chain), Verification.DATA).ranges().get(0);

    Adoption.Result later = adoption.adopt(with(left), Verification.HEADERS);
    assertThat(later).isEqualTo(new Adoption.Result(List.of(left), false, List.of()));
    save(chain, 5);
    assertThat(adoption.adopt(with(left), Verification.HEADERS).ranges()).containsExactly(left);
    assertThat(new Adoption(store, 3).adopt(with(left), Verification.DATA).ranges())
        .containsExactly(left);
  }

  @Test
  void withoutTheFirstNoStateIsLeft() {
    store.delete("_attempts/spikes/1");

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(this::adopt)
        .withMessageContainingAll(
            "No saved state of range [0, 3) is usable", "spikes/1 is missing");
  }
}
