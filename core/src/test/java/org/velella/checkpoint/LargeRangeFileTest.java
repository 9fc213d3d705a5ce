package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.NO_PROVENANCE;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Safetensors;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.MemoryCheckpointStore;
import org.velella.testkit.Seeded;

/** States of several checksum blocks, which local files take and give without copies in between. */
class LargeRangeFileTest {
  private static final SampleRange RANGE = new SampleRange(0, 3);
  private static final int FEATURES = 700_001;
  private static final RunIdentity RUN =
      Fixtures.run(
          List.of(
              new MemoryEntry("a.v", DType.FLOAT32, Shape.of(FEATURES), MemoryScope.PER_SAMPLE),
              new MemoryEntry("b.n", DType.INT32, Shape.of(5), MemoryScope.PER_SAMPLE),
              new MemoryEntry("c.v", DType.FLOAT32, Shape.of(FEATURES), MemoryScope.PER_SAMPLE)),
          List.of());

  @TempDir Path directory;

  private static RangeState state(SplittableRandom random) {
    Map<String, Tensor> memories = new LinkedHashMap<>();
    for (MemoryEntry entry : RUN.memories()) {
      Tensor tensor = Tensor.zeros(entry.dtype(), entry.storedShape(RANGE.size()));
      if (entry.dtype() == DType.FLOAT32) {
        for (int i = 0; i < tensor.size(); i++) {
          tensor.floats()[i] = (float) random.nextDouble(-1, 1);
        }
      }
      memories.put(entry.name(), tensor);
    }
    // One NaN of many bits in the second tensor only, so that both ways of writing are taken.
    int at = random.nextInt(RANGE.size() * FEATURES);
    memories.get("c.v").floats()[at] = Float.intBitsToFloat(0xffc12345);
    Tensor ids = Tensor.of(Shape.of(RANGE.size()), new long[] {5, 6, 7});
    return new RangeState(RANGE, 1, ids, memories, Map.of());
  }

  @Seeded
  void goThroughLocalFilesBitForBitAndEveryDamageIsSeen(SplittableRandom random)
      throws IOException {
    RangeState state = state(random);
    CheckpointStore local = new LocalCheckpointStore(directory);
    CheckpointStore memory = new MemoryCheckpointStore();
    RangeFileRef ref = null;
    for (CheckpointStore store : List.of(local, memory)) {
      RangeEntry saved =
          RangeFile.write(store, RUN, RangeEntry.fresh(RANGE), state, List.of(), NO_PROVENANCE);
      RangeState read = RangeFile.read(store, RUN, newest(saved));
      assertThat(Fixtures.sameState(read, state)).isTrue();
      // The same data, so the same checksums of its blocks, whichever way it was written.
      assertThat(ref == null || ref.bytes() == newest(saved).bytes()).isTrue();
      ref = store == local ? newest(saved) : ref;
    }
    Path file = directory.resolve(path(ref));
    byte[] good = Files.readAllBytes(file);
    Map<String, Tensor> tensors = Safetensors.read(good).tensors();
    assertThat(tensors.get("memory:000000:a.v").bitEquals(state.memories().get("a.v"))).isTrue();
    assertThat(tensors.get("memory:000002:c.v").bitEquals(state.memories().get("c.v"))).isTrue();
    for (int at = 4000; at < good.length; at += BlockChecksums.BLOCK_BYTES / 2) {
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << random.nextInt(8));
      assertDamaged(local, ref, file, bad);
    }
    for (int length = good.length - 1; length > 0; length -= BlockChecksums.BLOCK_BYTES / 3) {
      assertDamaged(local, ref, file, java.util.Arrays.copyOf(good, length));
    }
  }

  private static void assertDamaged(
      CheckpointStore store, RangeFileRef ref, Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.read(store, RUN, ref));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.verify(store, ref));
  }
}
