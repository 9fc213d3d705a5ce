package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.ACCUMULATORS;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.MEMORIES;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.saveChain;
import static org.velella.checkpoint.Fixtures.withMetadata;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsFile;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.MemoryCheckpointStore;

/** Damaged, too new and foreign range files are refused, each in its own way. */
class RangeFileRefusalTest {
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private RangeFileRef ref;
  private byte[] good;

  @BeforeEach
  void save() throws IOException {
    ref = newest(saveChain(store, FIRST, 2));
    good = store.files().get(path(ref));
  }

  private void put(byte[] bytes) {
    store.replace(path(ref), bytes);
  }

  @Test
  void everySingleBitFlipIsDetected() {
    byte[] bytes = good.clone();
    for (int at = 0; at < bytes.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        bytes[at] ^= (byte) (1 << bit);
        put(bytes);
        assertThatExceptionOfType(CheckpointCorruptException.class)
            .as("bit %d of byte %d", bit, at)
            .isThrownBy(() -> RangeFile.verify(store, ref));
        bytes[at] = good[at];
      }
    }
  }

  @Test
  void everyOtherValueOfAByteIsDetectedWhileReadingWithoutAManifest() {
    int detected = 0;
    for (int at = 0; at < good.length; at++) {
      byte[] bytes = good.clone();
      bytes[at] = (byte) (good[at] + 1 + at % 255);
      put(bytes);
      try {
        RangeFileRef found = RangeFile.readHeader(store, ref.file()).ref();
        RangeFile.read(store, RUN, found);
      } catch (CheckpointCorruptException e) {
        assertThat(e.getMessage()).startsWith("memory/" + path(ref) + " is ");
        detected++;
      } catch (IOException e) {
        throw new AssertionError("byte " + at, e);
      }
    }
    assertThat(detected).isEqualTo(good.length);
  }

  @Test
  void everyTruncationAndExtensionIsDetected() {
    for (int length = 0; length <= good.length + 9; length++) {
      if (length != good.length) {
        put(Arrays.copyOf(good, length));
        assertThatExceptionOfType(CheckpointCorruptException.class)
            .as("length %d of %d", length, good.length)
            .isThrownBy(() -> RangeFile.verify(store, ref));
        assertThatExceptionOfType(CheckpointCorruptException.class)
            .isThrownBy(() -> RangeFile.readHeader(store, ref.file()));
      }
    }
  }

  @Test
  void renamedFileIsDetected() {
    String other = RangeFileName.unique(FIRST, 3).toString();
    store.replace(RangeFileName.path(other), good);

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, other))
        .withMessageContaining("it holds range [0, 3) at step 2, its name tells [0, 3) at step 3");
  }

  @Test
  void foreignSafetensorsFileIsRefused() {
    put(Safetensors.toBytes(Map.of("a", Tensor.zeros(DType.UINT8, Shape.of(1))), Map.of()));

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()))
        .withMessageContaining("no checksum where a range file of Velella has it");
  }

  @Test
  void newerMajorVersionIsTooNewRatherThanDamaged() {
    put(edited("format", "\"major\":1", "\"major\":2"));

    assertThatExceptionOfType(CheckpointTooNewException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()))
        .withMessageContaining(ref.file())
        .withMessageContaining("velella-range 2.0")
        .withMessageContaining("use a newer Velella");
  }

  @Test
  void unknownRequiredFeatureIsTooNew() {
    put(edited("format", "\"block-crc32c\"", "\"block-crc32c\",\"zstd\""));

    assertThatExceptionOfType(CheckpointTooNewException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()))
        .withMessageContaining("'zstd'");
  }

  @Test
  void newerMinorVersionWithUnknownFieldsIsRead() throws IOException {
    put(
        withMetadata(
            good,
            metadata -> {
              metadata.computeIfPresent(
                  "format", (key, text) -> text.replace("\"minor\":0", "\"minor\":9"));
              metadata.computeIfPresent(
                  "range", (key, text) -> text.replace("\"hi\":3", "\"hi\":3,\"hue\":{\"a\":[1]}"));
              metadata.put("later", "anything");
              return metadata;
            }));

    SavedRange saved = RangeFile.readHeader(store, ref.file());

    assertThat(saved.header().range()).isEqualTo(FIRST);
    assertThat(
            Fixtures.sameState(RangeFile.read(store, RUN, saved.ref()), Fixtures.state(FIRST, 2)))
        .isTrue();
  }

  @Test
  void metadataThatContradictsTheTensorsIsRefused() {
    put(edited("range", "\"shape\":[2]", "\"shape\":[3]"));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()))
        .withMessageContaining("tensor 'memory:000000:lif.v' is FLOAT32 [3, 2]");

    put(edited("range", "filter.i", "filter.j"));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()))
        .withMessageContaining("its memory list needs");

    SafetensorsFile file = Safetensors.read(good);
    Map<String, Tensor> fewer = new TreeMap<>(file.tensors());
    fewer.remove("sample_ids");
    put(Fixtures.sealed(fewer, new TreeMap<>(file.metadata())));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()));
  }

  @Test
  void pathsInsideAFileAreNotTrusted() {
    put(edited("range", "_attempts/spikes/", "../../"));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()))
        .withMessageContaining("is not a path inside a run");

    put(
        edited(
            "range",
            "\"parent\":null",
            "\"parent\":{\"crc32c\":\"00000000\",\"file\":\"../../etc/passwd\"}"));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()))
        .withMessageContaining("'../../etc/passwd' is not the name of a range file");
  }

  @Test
  void anotherRunOrConfigurationIsAMismatch() {
    refuses(
        new RunIdentity("run-8", RUN.digests(), RUN.dt(), RUN.seed(), MEMORIES, ACCUMULATORS),
        "has run run-7, this run has run-8");
    TreeMap<String, String> digests = new TreeMap<>(RUN.digests());
    digests.put("weights", "ff".repeat(32));
    refuses(
        new RunIdentity("run-7", digests, RUN.dt(), RUN.seed(), MEMORIES, ACCUMULATORS),
        "has digest of 'weights' 0101010101");
    digests.remove("weights");
    refuses(
        new RunIdentity("run-7", digests, RUN.dt(), RUN.seed(), MEMORIES, ACCUMULATORS),
        "this run has none");
    refuses(
        new RunIdentity(
            "run-7", RUN.digests(), Math.nextUp(RUN.dt()), RUN.seed(), MEMORIES, ACCUMULATORS),
        "has dt 0x1.a36e2eb1c432dp-14 (1.0E-4)");
    refuses(
        new RunIdentity("run-7", RUN.digests(), RUN.dt(), 43, MEMORIES, ACCUMULATORS),
        "has seed 42, this run has 43");
  }

  @Test
  void anotherMemoryListIsAMismatchThatNamesTheDifference() {
    MemoryEntry v = MEMORIES.get(0);
    refusesMemory(
        0,
        new MemoryEntry("lif1.v", v.dtype(), v.shape(), v.scope()),
        "memory 0 is lif.v (F32 [2], per-sample) there and lif1.v (F32 [2], per-sample) here");
    refusesMemory(
        0,
        new MemoryEntry("lif.v", DType.FLOAT64, v.shape(), v.scope()),
        "and lif.v (F64 [2], per-sample) here");
    refusesMemory(
        0,
        new MemoryEntry("lif.v", v.dtype(), Shape.of(1, 2), v.scope()),
        "and lif.v (F32 [1, 2], per-sample) here");
    refusesMemory(
        0,
        new MemoryEntry("lif.v", v.dtype(), v.shape(), MemoryScope.SHARED),
        "and lif.v (F32 [2], shared) here");
    List<MemoryEntry> swapped = List.of(MEMORIES.get(1), MEMORIES.get(0), MEMORIES.get(2));
    refuses(Fixtures.run(swapped, ACCUMULATORS), "memory 0 is lif.v");
    refuses(Fixtures.run(MEMORIES.subList(0, 2), ACCUMULATORS), "there and none here");
    refuses(Fixtures.run(MEMORIES, ACCUMULATORS.subList(1, 2)), "accumulator 0 is spike_counts");
  }

  private void refusesMemory(int index, MemoryEntry entry, String message) {
    List<MemoryEntry> memories = new ArrayList<>(MEMORIES);
    memories.set(index, entry);
    refuses(Fixtures.run(memories, ACCUMULATORS), message);
  }

  private void refuses(RunIdentity run, String message) {
    assertThatExceptionOfType(CheckpointMismatchException.class)
        .isThrownBy(() -> RangeFile.read(store, run, ref))
        .withMessageContaining("memory/" + path(ref))
        .withMessageContaining(message)
        .withMessageContaining("; ");
  }

  private byte[] edited(String key, String from, String to) {
    return withMetadata(
        good,
        metadata -> {
          String text = metadata.get(key);
          assertThat(text).contains(from);
          metadata.put(key, text.replace(from, to));
          return metadata;
        });
  }

  @Test
  void sealingInTestsGivesTheWritersBytes() {
    assertThat(withMetadata(good, metadata -> metadata)).isEqualTo(good);
    assertThat(new String(good, UTF_8)).contains("\"header_crc32c\":\"" + ref.crc32c() + "\"");
  }
}
