package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.DeviceCounts;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.MemoryEntry;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.SampleRange;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.MemoryCheckpointStore;

/** A task whose copy has run ahead and died. */
class RangeStartsTest {
  private static final int TARGET = 10;
  private static final TreeMap<String, String> WRITER =
      new TreeMap<>(Map.of(Manifest.ATTEMPT, "driver"));
  private static final RunIdentity RUN =
      new RunIdentity(
          "run",
          new TreeMap<>(),
          1e-4,
          1,
          List.of(new MemoryEntry("v", DType.FLOAT32, Shape.SCALAR, MemoryScope.PER_SAMPLE)),
          List.of());

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final List<RangeEntry> ranges = new ArrayList<>();

  /** Three ranges of two samples, of which the driver knows step 2. */
  private RangeHeads given() throws IOException {
    for (int lo = 0; lo < 6; lo += 2) {
      ranges.add(save(RangeEntry.fresh(new SampleRange(lo, lo + 2)), 2));
    }
    return RangeHeads.of(ranges);
  }

  private RangeEntry save(RangeEntry before, long step) throws IOException {
    Map<String, Tensor> memories = new LinkedHashMap<>();
    memories.put("v", Tensor.of(Shape.of(2), new float[] {step, -step}));
    Tensor ids = Tensor.of(Shape.of(2), new long[] {before.range().lo(), before.range().lo() + 1});
    RangeState state = new RangeState(before.range(), step, ids, memories, Map.of());
    return RangeFile.write(
        store, RUN, before, state, List.of(), new TreeMap<>(), DeviceCounts.of("A", 1, 2, 3, 4, 5));
  }

  private void commit() throws IOException {
    ManifestLog log = new ManifestLog(store);
    log.commit(
        log.commit(Manifest.first(RUN, 6, TARGET, 2, WRITER)).successor(ranges, TARGET, WRITER));
  }

  @Test
  void firstAttemptTakesForItsLaterRangesWhatIsListedByThen() throws IOException {
    RangeHeads given = given();
    RangeStarts starts = new RangeStarts(store, RUN, TARGET, given, false, true);
    assertThat(starts.of(0).step()).isEqualTo(2);
    ranges.set(1, save(ranges.get(1), 6));
    commit();

    assertThat(starts.of(1).step()).isEqualTo(6);
    assertThat(starts.of(2).step()).isEqualTo(2);
  }

  /** Nobody else works on the ranges of a first attempt without copies. */
  @Test
  void firstAttemptWithoutCopiesReadsNoManifest() throws IOException {
    RangeHeads given = given();
    CheckpointStore untouched =
        (CheckpointStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CheckpointStore.class},
                (proxy, method, arguments) -> {
                  throw new AssertionError(method);
                });
    RangeStarts starts = new RangeStarts(untouched, RUN, TARGET, given, false, false);
    for (int range = 0; range < 3; range++) {
      assertThat(starts.of(range).step()).isEqualTo(2);
    }
  }

  /** What a task saves next goes on counting from there. */
  @Test
  void whatDevicesHaveDoneComesAlong() throws IOException {
    RangeHeads given = given();

    assertThat(given.start(1).current()).isEqualTo(ranges.get(1).current());
    assertThat(given.start(1).current().orElseThrow().devices())
        .isEqualTo(DeviceCounts.of("A", 1, 2, 3, 4, 5));
  }

  @Test
  void otherAttemptTakesWhatIsSavedThoughNotListed() throws IOException {
    RangeHeads given = given();
    save(ranges.get(0), 8);
    RangeStarts starts = new RangeStarts(store, RUN, TARGET, given, true, false);

    assertThat(starts.of(0).step()).isEqualTo(8);
    assertThat(starts.of(1).step()).isEqualTo(2);
  }

  /** However many of its tasks are tried again. */
  @Test
  void processSharesItsLooks() throws IOException {
    RangeHeads given = given();
    RangeHeads part = RangeHeads.before(ranges, TARGET, range -> range.lo() == 2);

    assertThat(given.looks(store)).isSameAs(given.looks(store));
    assertThat(part.step(new SampleRange(2, 4))).isEqualTo(2);
    assertThat(part.step(new SampleRange(0, 2))).isEqualTo(Long.MAX_VALUE);
    assertThat(part.step(new SampleRange(2, 5))).isEqualTo(Long.MAX_VALUE);
    assertThat(
            RangeHeads.of(List.of(RangeEntry.fresh(new SampleRange(0, 2))))
                .step(ranges.get(0).range()))
        .isZero();
  }
}
