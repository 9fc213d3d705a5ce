package org.velella.spark.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.checkpoint.CommitFailedException;
import org.velella.provenance.CanonicalJson;
import org.velella.sweep.TrialList;
import org.velella.testkit.MemoryCheckpointStore;

class TrialsFileTest {
  private static final String FIRST = "_run/trials/00000001.json";
  private static final String JSON =
      "[{\"numbers\":[0,3],\"seeds\":[0],\"space\":\"lif.tau=0.5,1,2\"}]";

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final TrialsFile file = new TrialsFile(store);

  private static TrialList trials() {
    return TrialList.fromJson(CanonicalJson.parse(JSON.getBytes(UTF_8), "trials"));
  }

  private byte[] bytes(String path) throws IOException {
    try (StoredInput input = store.open(path)) {
      return input.stream().readAllBytes();
    }
  }

  @Test
  void givesBackTheTrialsAndTheNumberOfTheFile() throws IOException {
    assertThat(file.read().files()).isZero();
    file.write(trials(), file.read());
    assertThat(file.read().files()).isEqualTo(1);
    assertThat(file.trials().toJson()).isEqualTo(trials().toJson());
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> file.write(trials(), new TrialsFile.Read(TrialList.NONE, 0)));

    // An earlier file says nothing any more, and may be gone.
    file.write(trials(), file.read());
    store.delete(FIRST);
    file.write(trials(), file.read());
    assertThat(file.read().files()).isEqualTo(3);
  }

  /** With one value changed, other parameters would stand beside the same states. */
  @Test
  void everyChangedBitAndEveryMissingEndIsNoticed() throws IOException {
    file.write(trials(), file.read());
    byte[] sound = bytes(FIRST);
    for (int at = 0; at < sound.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = sound.clone();
        changed[at] ^= (byte) (1 << bit);
        store.replace(FIRST, changed);
        assertThatExceptionOfType(CheckpointCorruptException.class)
            .as("bit %d of byte %d", bit, at)
            .isThrownBy(file::read)
            .withMessageContainingAll(FIRST, "is damaged", "restore it from a copy");
      }
    }
    int json = new String(sound, UTF_8).indexOf('\n');
    for (int length = 0; length < json; length++) {
      store.replace(FIRST, Arrays.copyOf(sound, length));
      assertThatExceptionOfType(CheckpointCorruptException.class)
          .as("%d bytes", length)
          .isThrownBy(file::read);
    }
    store.replace(FIRST, sound);
    assertThat(file.trials().count()).isEqualTo(3);
  }
}
