package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.NO_PROVENANCE;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.save;
import static org.velella.checkpoint.Fixtures.saveChain;
import static org.velella.checkpoint.Fixtures.state;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsFile;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.MemoryCheckpointStore;
import org.velella.testkit.Seeded;

class RangeFileTest {
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();

  @Seeded(times = 100)
  void readingGivesWhatWasWritten(SplittableRandom random) throws IOException {
    RunIdentity run = Fixtures.randomRun(random);
    long lo = random.nextLong(1L << 40);
    SampleRange range = new SampleRange(lo, lo + 1 + random.nextInt(4));
    RangeState written = Fixtures.randomState(random, run, range, 1 + random.nextInt(1000));

    RangeEntry entry =
        RangeFile.write(store, run, RangeEntry.fresh(range), written, List.of(), NO_PROVENANCE);

    assertThat(Fixtures.sameState(RangeFile.read(store, run, newest(entry)), written)).isTrue();
    assertThat(RangeFile.verify(store, newest(entry)).ref()).isEqualTo(newest(entry));
  }

  @Test
  void dataOfSeveralBlocksIsChecked() throws IOException {
    int size = (9 << 20) / 4 + 1;
    float[] v = new float[size];
    for (int i = 0; i < size; i++) {
      v[i] = i;
    }
    RunIdentity run =
        Fixtures.run(
            List.of(new MemoryEntry("v", DType.FLOAT32, Shape.of(size), MemoryScope.PER_SAMPLE)),
            List.of());
    RangeState state =
        new RangeState(
            new SampleRange(0, 1),
            1,
            Tensor.of(Shape.of(1), new long[] {7}),
            Map.of("v", Tensor.of(Shape.of(1, size), v)),
            Map.of());
    RangeEntry entry =
        RangeFile.write(
            store, run, RangeEntry.fresh(state.range()), state, List.of(), NO_PROVENANCE);
    byte[] bytes = store.files().get(path(newest(entry)));

    assertThat(RangeFile.read(store, run, newest(entry)).memories().get("v").floats()).isEqualTo(v);
    assertThat(newest(entry).bytes()).isEqualTo(bytes.length);
    String blocks = Safetensors.read(bytes).metadata().get("block_crc32c");
    assertThat(blocks).hasSize(3 * 8);
    bytes[bytes.length - (5 << 20)] ^= 1;
    store.replace(path(newest(entry)), bytes);
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.read(store, run, newest(entry)))
        .withMessageContaining("block 1 of its data");
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.verify(store, newest(entry)))
        .withMessageContaining("block 1 of its data");
  }

  @Test
  void headerTellsTheChainAndTheRecordings() throws IOException {
    RangeEntry two = save(store, RangeEntry.fresh(FIRST), 2);
    Recording spikes = new Recording("spikes", "_attempts/a.parquet", 2, 5, 11);
    Recording traces = new Recording("traces", "_attempts/b.parquet", 2, 4, 0);
    RangeEntry five =
        RangeFile.write(
            store,
            RUN,
            two,
            state(FIRST, 5),
            List.of(spikes, traces),
            new TreeMap<>(Map.of("backend", "scalar")));

    SavedRange saved = RangeFile.readHeader(store, newest(five).file());

    assertThat(saved.ref()).isEqualTo(newest(five));
    RangeHeader header = saved.header();
    assertThat(header.run()).isEqualTo(RUN);
    assertThat(header.range()).isEqualTo(FIRST);
    assertThat(header.fromStep()).isEqualTo(2);
    assertThat(header.step()).isEqualTo(5);
    assertThat(header.parent().file()).isEqualTo(newest(two).file());
    assertThat(header.parent().crc32c()).isEqualTo(newest(two).crc32c());
    assertThat(header.recordings()).containsExactly(spikes, traces);
    assertThat(header.provenance()).containsExactly(Map.entry("backend", "scalar"));
    assertThat(five.files()).containsExactly(newest(two), newest(five));
    assertThat(five.recordings()).hasSize(3).endsWith(spikes, traces);
    assertThat(RangeFile.readHeader(store, newest(two).file()).header().parent().isNone()).isTrue();
  }

  @Test
  void fileIsPlainSafetensorsInMemoryOrder() throws IOException {
    RangeEntry entry = saveChain(store, SECOND, 2);
    byte[] bytes = store.files().get(path(newest(entry)));

    SafetensorsFile file = Safetensors.read(bytes);

    assertThat(file.tensors().keySet())
        .containsExactly(
            "sample_ids",
            "memory:000000:lif.v",
            "memory:000001:filter.i",
            "memory:000002:clock.steps",
            "accumulator:000000:spike_counts",
            "accumulator:000001:alive");
    assertThat(file.tensor("sample_ids").longs()).containsExactly(30, 40);
    assertThat(file.tensor("memory:000000:lif.v").floats())
        .containsExactly(206.25f, 207.25f, 208.25f, 209.25f);
    assertThat(file.tensor("memory:000002:clock.steps").shape()).isEqualTo(Shape.SCALAR);
    assertThat(newest(entry).file())
        .matches("r000000000003-000000000005\\.s00000002\\.[0-9a-f-]{36}\\.safetensors");
  }

  @Test
  void sharedMemoriesHaveADigestOfTheirOwn() throws IOException {
    String first = newest(saveChain(store, FIRST, 2)).shared();
    String second = newest(saveChain(store, SECOND, 2)).shared();
    String later = newest(saveChain(store, SECOND, 3)).shared();

    assertThat(first).matches("[0-9a-f]{64}").isEqualTo(second).isNotEqualTo(later);
    RunIdentity without = Fixtures.run(List.of(), List.of());
    RangeState empty = new RangeState(SECOND, 1, state(SECOND, 1).sampleIds(), Map.of(), Map.of());
    RangeEntry entry =
        RangeFile.write(store, without, RangeEntry.fresh(SECOND), empty, List.of(), NO_PROVENANCE);
    assertThat(newest(entry).shared()).isEmpty();
  }

  @Test
  void writerRefusesWhatDoesNotFitTheRunOrTheChain() throws IOException {
    RangeEntry two = saveChain(store, FIRST, 2);
    RangeState good = state(FIRST, 3);
    Map<String, Tensor> swapped = new LinkedHashMap<>();
    swapped.put("filter.i", good.memories().get("filter.i"));
    swapped.put("lif.v", good.memories().get("lif.v"));
    swapped.put("clock.steps", good.memories().get("clock.steps"));
    Map<String, Tensor> wide = new LinkedHashMap<>(good.memories());
    wide.put("lif.v", Tensor.zeros(DType.FLOAT32, Shape.of(3, 3)));
    int before = store.files().size();

    refuses(two, state(FIRST, 2), List.of());
    refuses(two, state(SECOND, 3), List.of());
    refuses(
        two, new RangeState(FIRST, 3, good.sampleIds(), swapped, good.accumulators()), List.of());
    refuses(two, new RangeState(FIRST, 3, good.sampleIds(), wide, good.accumulators()), List.of());
    refuses(two, new RangeState(FIRST, 3, good.sampleIds(), good.memories(), Map.of()), List.of());
    refuses(two, good, List.of(new Recording("spikes", "_attempts/x", 1, 3, 1)));
    refuses(two, good, List.of(new Recording("spikes", "_attempts/x", 2, 4, 1)));
    assertThat(store.files()).hasSize(before);
  }

  private void refuses(RangeEntry before, RangeState state, List<Recording> recordings) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> RangeFile.write(store, RUN, before, state, recordings, NO_PROVENANCE));
  }

  @Test
  void stateFromElsewhereBeginsAChain() throws IOException {
    RangeEntry root = RangeFile.writeRoot(store, RUN, state(FIRST, 6), NO_PROVENANCE);
    RangeEntry next = save(store, root, 8);

    RangeHeader header = RangeFile.readHeader(store, newest(root).file()).header();

    assertThat(header.fromStep()).isEqualTo(6);
    assertThat(header.parent().isNone()).isTrue();
    assertThat(next.files()).hasSize(2);
    assertThat(RangeFile.readHeader(store, newest(next).file()).header().fromStep()).isEqualTo(6);
  }

  @Test
  void missingFileIsToldApart() {
    RangeFileRef ref =
        new RangeFileRef(RangeFileName.unique(FIRST, 2).toString(), 2, 99, "00000000", "");

    assertThatExceptionOfType(FileNotFoundException.class)
        .isThrownBy(() -> RangeFile.readHeader(store, ref.file()));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.read(store, RUN, ref))
        .withMessageContaining(ref.file())
        .withMessageContaining("missing");
  }

  @Test
  void anotherSoundFileUnderTheNameIsNoticed() throws IOException {
    RangeFileRef listed = newest(saveChain(store, FIRST, 2));
    RangeState other =
        new RangeState(
            FIRST,
            2,
            Tensor.of(Shape.of(3), new long[] {1, 2, 3}),
            state(FIRST, 2).memories(),
            state(FIRST, 2).accumulators());
    RangeEntry twin =
        RangeFile.write(store, RUN, RangeEntry.fresh(FIRST), other, List.of(), NO_PROVENANCE);
    store.replace(path(listed), store.files().get(path(newest(twin))));

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> RangeFile.read(store, RUN, listed))
        .withMessageContaining("another file than the listed one");
  }

  @Test
  void samplesOfAnotherInputAreRefused() {
    RangeState state = state(FIRST, 2);

    state.requireSampleIds(new long[] {0, 10, 20});
    assertThatExceptionOfType(CheckpointMismatchException.class)
        .isThrownBy(() -> state.requireSampleIds(new long[] {0, 11, 20}))
        .withMessageContaining("has sample 10 at place 1, the input has sample 11");
    assertThatExceptionOfType(CheckpointMismatchException.class)
        .isThrownBy(() -> state.requireSampleIds(new long[] {0, 10}))
        .withMessageContaining("sample 20 at place 2, the input has no sample");
  }
}
