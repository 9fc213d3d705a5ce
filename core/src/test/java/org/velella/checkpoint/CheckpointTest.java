package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.firstManifest;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.module.MemoryList;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.testkit.MemoryCheckpointStore;

class CheckpointTest {
  @TempDir Path run;

  private void commit(RangeEntry... ranges) throws IOException {
    ManifestLog log = new ManifestLog(new LocalCheckpointStore(run));
    ManifestHead head = log.commit(firstManifest());
    log.commit(head.successor(List.of(ranges), 10, WRITER));
  }

  @Test
  void joinsTheRangesInOrder() throws IOException {
    CheckpointStore store = new LocalCheckpointStore(run);
    commit(saveChain(store, FIRST, 2, 4), saveChain(store, SECOND, 4));

    RangeState whole = Checkpoint.open(run).whole();

    assertThat(whole.range()).isEqualTo(new SampleRange(0, 5));
    assertThat(whole.step()).isEqualTo(4);
    assertThat(whole.sampleIds().longs()).containsExactly(0, 10, 20, 30, 40);
    assertThat(whole.memories().get("lif.v").shape()).isEqualTo(Shape.of(5, 2));
    assertThat(whole.memories().get("lif.v").floats())
        .containsExactly(
            400.25f, 401.25f, 402.25f, 403.25f, 404.25f, 405.25f, 406.25f, 407.25f, 408.25f,
            409.25f);
    assertThat(whole.memories().get("clock.steps").longs()).containsExactly(4);
    assertThat(whole.accumulators().get("alive").bytes()).containsExactly(0, 1, 0, 0, 1);
  }

  @Test
  void givesTheMemoryListThatModulesLoad() throws IOException {
    CheckpointStore store = new LocalCheckpointStore(run);
    commit(saveChain(store, FIRST, 4), saveChain(store, SECOND, 4));

    Checkpoint checkpoint = Checkpoint.open(run);
    MemoryList memories = checkpoint.memories();

    assertThat(memories.names()).containsExactly("lif.v", "filter.i", "clock.steps");
    assertThat(memories).isEqualTo(MemoryList.of(checkpoint.whole().memories()));
    assertThat(checkpoint.warnings()).isEmpty();
  }

  @Test
  void rangesAtDifferentStepsAreNotJoined() throws IOException {
    CheckpointStore store = new LocalCheckpointStore(run);
    commit(saveChain(store, FIRST, 4), saveChain(store, SECOND, 6));

    assertThatIllegalStateException()
        .isThrownBy(() -> Checkpoint.open(run).memories())
        .withMessageContaining("range [0, 3) is at step 4 and range [3, 5) at step 6");
  }

  @Test
  void unsavedRangesAreNotJoined() throws IOException {
    commit(saveChain(new LocalCheckpointStore(run), FIRST, 4));

    assertThatIllegalStateException()
        .isThrownBy(() -> Checkpoint.open(run).whole())
        .withMessageContaining("range [3, 5) at step 0");
  }

  @Test
  void directoryWithoutACheckpointIsNamed() {
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> Checkpoint.open(run))
        .withMessageContaining(run + " holds no checkpoint");
  }

  @Test
  void memoriesOfAllSamplesThatNoArrayHoldsAreReadByRange() throws IOException {
    MemoryEntry large =
        new MemoryEntry("lif.v", DType.FLOAT32, Shape.of(1 << 20), MemoryScope.PER_SAMPLE);
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    new ManifestLog(store)
        .commit(Manifest.first(Fixtures.run(List.of(large), List.of()), 2048, 10, 8, WRITER));

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> Checkpoint.open(store).memories())
        .withMessageContaining("lif.v")
        .withMessageContaining("2048 samples is larger than an array");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () ->
                new MemoryEntry(
                    "lif.v", DType.FLOAT32, Shape.of(1 << 20, 1 << 11), MemoryScope.PER_SAMPLE))
        .withMessageContaining("2^31 - 1 elements per sample");
  }
}
