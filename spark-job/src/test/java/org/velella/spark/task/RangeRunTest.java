package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.backend.Backends;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.RangeLooks;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.SampleRange;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestNetwork;
import org.velella.spark.job.NetworkSource;
import org.velella.sweep.TrialList;
import org.velella.tensor.Tensor;

/** One range under saves that are slow, fail, or never end. */
class RangeRunTest {
  private static final int SAMPLES = 5;
  private static final int EVERY = 16;
  private static final SampleRange RANGE = new SampleRange(0, SAMPLES);

  private static final ScratchRoom NOTHING_IS_TRACED =
      new ScratchRoom(0, false, LittleRoom.REFUSE, 1, () -> 0);

  @TempDir Path folder;

  private HeldStore store = new HeldStore();
  private Network network;
  private RunIdentity identity;

  @BeforeEach
  void readNetwork() {
    network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    identity = spec(1, EVERY).identity(network);
    FaultyBackend.failOnce(Long.MAX_VALUE - 1);
  }

  @AfterEach
  void mendBackend() {
    FaultyBackend.failNever();
  }

  private TaskSpec spec(long steps, long every) {
    return filled(steps).steps(steps, every).build();
  }

  private TaskSpec.Builder filled(long steps) {
    return TaskSpec.builder()
        .run("file:/nowhere", null)
        .network(NetworkCodec.toBytes(network))
        .identity("test-run", new TreeMap<>())
        .dt(1e-4)
        .seed(3)
        .steps(steps, EVERY)
        .backend(FaultyBackend.NAME);
  }

  private RangeRows rows() {
    return new RunTrials(spec(1, 0), network).rows(input());
  }

  private RangeInput input() {
    return RangeInputs.of(RangeInputs.first(SAMPLES), 1, RangeRunTest::held);
  }

  private static float[] held(int sample) {
    float[] held = new float[TestNetwork.INPUTS];
    for (int i = 0; i < held.length; i++) {
      held[i] = ((sample + 2 * i) % 5) * 0.3f;
    }
    return held;
  }

  private SelfCheck check() {
    return new SelfCheck(0, store, Probes.parse("", network), OutputMetrics.PLAIN);
  }

  private RangeCheckpoint beginning() {
    return new RangeCheckpoint(store, identity, RangeEntry.fresh(RANGE));
  }

  /** All samples are one tile, and an interval of it one chunk. */
  private void run(long steps, Wanted wanted) throws IOException {
    run(steps, beginning(), wanted);
  }

  private void run(long steps, RangeCheckpoint from, Wanted wanted) throws IOException {
    run(steps, from, NOTHING_IS_TRACED, wanted);
  }

  private void run(long steps, RangeCheckpoint from, ScratchRoom room, Wanted wanted)
      throws IOException {
    try (Simulator simulator =
            new Simulator(
                network,
                Backends.load().named(FaultyBackend.NAME),
                Probes.parse("", network),
                SimulatorOptions.DEFAULT);
        SaveQueue saves = new SaveQueue("saves")) {
      RangeRun ranges = ranges(spec(steps, EVERY), simulator, saves, room, wanted);
      ranges.run(rows(), from);
      saves.drain();
    }
  }

  private RangeRun ranges(
      TaskSpec spec, Simulator simulator, SaveQueue saves, ScratchRoom room, Wanted wanted) {
    return new RangeRun(
        spec, store, TileEngine.of(simulator, SAMPLES), check(), saves, room, Pieces.NONE, wanted);
  }

  /** Some ranges, one after the other on one queue. */
  private void runAll(TaskSpec spec, ScratchRoom room, Wanted wanted, RangeCheckpoint... all)
      throws IOException {
    runAll(spec, rows(), room, wanted, all);
  }

  private void runAll(
      TaskSpec spec, RangeRows rows, ScratchRoom room, Wanted wanted, RangeCheckpoint... all)
      throws IOException {
    try (Simulator simulator =
            new Simulator(
                network,
                Backends.load().named(FaultyBackend.NAME),
                Probes.parse("", network),
                SimulatorOptions.DEFAULT);
        SaveQueue saves = new SaveQueue("saves")) {
      RangeRun ranges = ranges(spec, simulator, saves, room, wanted);
      for (RangeCheckpoint each : all) {
        ranges.run(rows, each);
      }
      saves.drain();
    }
  }

  /** The state of the range after some steps, by one interval alone. */
  private RangeState alone(long steps) throws IOException {
    HeldStore own = new HeldStore();
    RangeCheckpoint checkpoint = new RangeCheckpoint(own, identity, RangeEntry.fresh(RANGE));
    try (Simulator simulator =
            new Simulator(
                network,
                Backends.load().named("scalar"),
                Probes.parse("", network),
                SimulatorOptions.DEFAULT);
        SaveQueue saves = new SaveQueue("saves")) {
      new RangeRun(
              spec(steps, 0),
              own,
              TileEngine.of(simulator, 2),
              check(),
              saves,
              NOTHING_IS_TRACED,
              Pieces.NONE,
              () -> {})
          .run(rows(), checkpoint);
      saves.drain();
    }
    return RangeFile.read(own, identity, newest(own).current().orElseThrow());
  }

  private RangeEntry newest(CheckpointStore of) throws IOException {
    List<RangeEntry> found =
        new Adoption(of)
            .adopt(identity, RangeEntry.fresh(RANGE), Integer.MAX_VALUE, look(of))
            .ranges();
    return found.isEmpty() ? RangeEntry.fresh(RANGE) : found.get(0);
  }

  private static RangeLooks.OfTask look(CheckpointStore of) {
    return new RangeLooks(of, range -> 0, System::nanoTime).ofTask();
  }

  private static void assertSameState(RangeState expected, RangeState actual) {
    assertThat(actual.step()).isEqualTo(expected.step());
    expected.memories().forEach((name, tensor) -> assertSame(tensor, actual.memories().get(name)));
    expected
        .accumulators()
        .forEach((name, tensor) -> assertSame(tensor, actual.accumulators().get(name)));
  }

  private static void assertSame(Tensor expected, Tensor actual) {
    assertThat(actual.bitEquals(expected)).as("%s, expected %s", actual, expected).isTrue();
  }

  /** Of two intervals, for one is saved while the next one is recorded. */
  @Test
  void nothingIsComputedWithoutRoomForItsTraces() throws Exception {
    int[] tiles = {0};
    long needed = 100L * SAMPLES * 2 * EVERY;
    ScratchRoom room = new ScratchRoom(100, false, LittleRoom.REFUSE, 1, () -> needed - 1);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> run(4 * EVERY, beginning(), room, () -> tiles[0]++))
        .withMessageContaining(SAMPLES * 2 * EVERY + " samples times steps");
    assertThat(tiles[0]).isZero();
    run(
        4 * EVERY,
        beginning(),
        new ScratchRoom(100, false, LittleRoom.REFUSE, 1, () -> needed),
        () -> tiles[0]++);
    assertThat(tiles[0]).isEqualTo(4);
  }

  /** One trial of 16 steps and one of 64: of the first two intervals 16 + 32 steps per sample. */
  @Test
  void trialsNeedRoomForTheirOwnSteps() throws Exception {
    TrialList two = TrialList.NONE.extended(new ObjectMapper().readTree("\"steps=16,64\""), 0);
    TaskSpec spec = filled(4 * EVERY).sweep(new TaskSweep(two, SAMPLES, 2, SAMPLES)).build();
    long needed = 100L * SAMPLES * (16 + 32);
    RangeRows rows = new RunTrials(spec, network).rows(input());
    identity = spec.identity(network);
    SampleRange places = new SampleRange(0, 2 * SAMPLES);
    RangeCheckpoint beginning = new RangeCheckpoint(store, identity, RangeEntry.fresh(places));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> runAll(spec, rows, refusing(needed - 1), () -> {}, beginning))
        .withMessageContaining(SAMPLES * 48 + " samples times steps");
    runAll(spec, rows, refusing(needed), () -> {}, beginning);
    assertThat(store.list(RangeFileName.DIRECTORY)).hasSize(4);
  }

  /** A rule that everybody meets at its first look. */
  @Test
  void whatHasStoppedNeedsNoRoom() throws Exception {
    TaskSpec spec = filled(4 * EVERY).stopWhen("spikes >= 0", EVERY).build();
    RangeRows rows = new RunTrials(spec, network).rows(input());
    identity = spec.identity(network);
    TaskSpec begun = filled(EVERY).stopWhen("spikes >= 0", EVERY).build();
    runAll(begun, rows, refusing(100L * SAMPLES * EVERY), () -> {}, beginning());
    RangeCheckpoint further = new RangeCheckpoint(store, identity, newest(store));
    runAll(spec, rows, refusing(0), () -> {}, further);
    assertThat(newest(store).step()).isEqualTo(4 * EVERY);
  }

  private static ScratchRoom refusing(long free) {
    return new ScratchRoom(100, false, LittleRoom.REFUSE, 1, () -> free);
  }

  @Test
  void aRangeOfOneIntervalNeedsRoomForThat() throws Exception {
    int[] tiles = {0};
    ScratchRoom room =
        new ScratchRoom(100, false, LittleRoom.REFUSE, 1, () -> 100L * SAMPLES * EVERY);
    run(EVERY, beginning(), room, () -> tiles[0]++);
    assertThat(tiles[0]).isEqualTo(1);
  }

  /** Intervals of 3 steps instead of 16. */
  @Test
  void littleRoomMakesMoreSavesOfTheSameStates() throws Exception {
    ScratchRoom room =
        new ScratchRoom(100, true, LittleRoom.REFUSE, 1, () -> 2L * 100 * SAMPLES * 3);
    int[] tiles = {0};
    run(EVERY + 2, beginning(), room, () -> tiles[0]++);
    assertThat(tiles[0]).isEqualTo(6 + 1);
    RangeEntry newest = newest(store);
    assertSameState(
        alone(EVERY + 2), RangeFile.read(store, identity, newest.current().orElseThrow()));
  }

  /** The first state is written out only after the next interval was computed. */
  @Test
  void whatIsSavedIsTheStateAtItsStepThoughComputingWentOn() throws Exception {
    store.allow(0);
    int[] tiles = {0};
    run(
        4 * EVERY,
        () -> {
          // Before the third interval the second is handed over, which has waited for the first.
          if (++tiles[0] == 2) {
            releaseOnceComputed(2);
          }
        });
    assertThat(store.chunksAtFirstSave).isGreaterThanOrEqualTo(2);
    RangeEntry newest = newest(store);
    assertThat(newest.step()).isEqualTo(4 * EVERY);
    assertThat(newest.files()).hasSizeGreaterThan(1);
    for (var file : newest.files()) {
      assertSameState(alone(file.step()), RangeFile.read(store, identity, file));
    }
  }

  private void releaseOnceComputed(long chunks) {
    Thread release =
        new Thread(
            () -> {
              while (FaultyBackend.chunksRun() < chunks) {
                Thread.onSpinWait();
              }
              store.allowAll();
            });
    release.setDaemon(true);
    release.start();
  }

  /** With the first save stuck, the second interval is computed and the third is not begun. */
  @Test
  void aSaveThatDoesNotEndHoldsTheComputingUp() throws Exception {
    store.allow(0);
    Thread task =
        new Thread(
            () -> {
              try {
                run(10 * EVERY, () -> {});
              } catch (IOException | RuntimeException e) {
                // Killed below.
              }
            });
    task.start();
    store.arrived.await();
    while (FaultyBackend.chunksRun() < 2 || task.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(FaultyBackend.chunksRun()).isEqualTo(2);
    task.interrupt();
    task.join();
    assertThat(FaultyBackend.chunksRun()).isEqualTo(2);
    assertThat(store.list(RangeFileName.DIRECTORY)).isEmpty();
  }

  @Test
  void aRangeIsSavedWhileTheNextOneIsComputed() throws Exception {
    store.allow(0);
    releaseOnceComputed(2);
    HeldStore other = new HeldStore();
    other.allowAll();
    runAll(
        spec(EVERY, 0),
        NOTHING_IS_TRACED,
        () -> {},
        beginning(),
        new RangeCheckpoint(other, identity, RangeEntry.fresh(RANGE)));
    assertThat(store.chunksAtFirstSave).isEqualTo(2);
    RangeEntry first = newest(store);
    assertThat(first.step()).isEqualTo(EVERY);
    assertSameState(alone(EVERY), RangeFile.read(store, identity, first.current().orElseThrow()));
    assertThat(newest(other).step()).isEqualTo(EVERY);
  }

  /** Or a task would have more states at once than it counts on. */
  @Test
  void aSavedStateIsNotReadBeforeTheRangeBeforeIsSaved() throws Exception {
    store.allowAll();
    run(EVERY, () -> {});
    HeldStore saved = store;
    RangeCheckpoint halfWay = new RangeCheckpoint(saved, identity, newest(saved));
    assertWaitsForTheSaveBefore(NOTHING_IS_TRACED, halfWay);
    assertThat(newest(saved).step()).isEqualTo(2 * EVERY);
  }

  /** Or they would lie on the disk beside those of the range before. */
  @Test
  void tracesAreNotRecordedBeforeThoseOfTheRangeBeforeAreSaved() throws Exception {
    HeldStore other = new HeldStore();
    other.allowAll();
    assertWaitsForTheSaveBefore(
        new ScratchRoom(1, false, LittleRoom.REFUSE, 1, () -> 1 << 20),
        new RangeCheckpoint(other, identity, RangeEntry.fresh(RANGE)));
    assertThat(newest(other).step()).isEqualTo(2 * EVERY);
  }

  private void assertWaitsForTheSaveBefore(ScratchRoom room, RangeCheckpoint second)
      throws Exception {
    store = new HeldStore();
    store.allow(0);
    AtomicInteger tiles = new AtomicInteger();
    Thread task =
        new Thread(
            () -> {
              try {
                runAll(spec(2 * EVERY, 0), room, tiles::incrementAndGet, beginning(), second);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    task.start();
    store.arrived.await();
    while (tiles.get() < 1 || task.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(tiles).hasValue(1);
    store.allowAll();
    task.join();
    assertThat(tiles).hasValue(2);
  }

  @Test
  void aSaveThatFailsOnceIsDoneAgain() throws Exception {
    store.failing = 3;
    run(4 * EVERY, () -> {});
    assertThat(FaultyBackend.chunksRun()).isEqualTo(4);
    assertThat(newest(store).step()).isEqualTo(4 * EVERY);
  }

  @Test
  void aSaveThatFailsAlwaysFailsTheTask() throws Exception {
    store.failing = 3;
    store.failures = 3;
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> run(10 * EVERY, () -> {}))
        .withMessage("No space left on device");
    // The interval after the one that was not saved may have been computed.
    assertThat(FaultyBackend.chunksRun()).isBetween(3L, 4L);
    assertThat(newest(store).step()).isEqualTo(2 * EVERY);
  }

  @Test
  void aFailureOfTheLastSaveFailsTheTask() {
    store.failing = 2;
    store.failures = 3;
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> run(2 * EVERY, () -> {}))
        .withMessage("No space left on device");
  }

  /** That of the first range, while the second one is computed. */
  @Test
  void aFailedSaveEndsTheRangeAfterIt() throws Exception {
    store.failing = 1;
    store.failures = 3;
    HeldStore other = new HeldStore();
    RangeCheckpoint second = new RangeCheckpoint(other, identity, RangeEntry.fresh(RANGE));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> runAll(spec(EVERY, 0), NOTHING_IS_TRACED, () -> {}, beginning(), second, second))
        .withMessage("No space left on device");
    assertThat(newest(store).step()).isZero();
    assertThat(newest(other).step()).isZero();
  }

  /** Wherever an attempt ends, the next one repeats no more than two intervals. */
  @Test
  void aLostAttemptCostsTwoIntervalsAtMost() throws Exception {
    int intervals = 8;
    for (int lostAt = 1; lostAt <= intervals; lostAt++) {
      store = new HeldStore();
      store.allow(Math.max(0, lostAt - 2));
      FaultyBackend.failOnce(Long.MAX_VALUE - 1);
      int at = lostAt;
      int[] tiles = {0};
      Thread lost =
          new Thread(
              () -> {
                try {
                  run(
                      intervals * EVERY,
                      () -> {
                        if (++tiles[0] == at) {
                          Thread.currentThread().interrupt();
                        }
                      });
                } catch (IOException | RuntimeException e) {
                  // Lost, as it should be.
                }
              });
      lost.start();
      lost.join();
      long before = FaultyBackend.chunksRun();
      store.allowAll();
      RangeEntry saved = newest(store);
      run(intervals * EVERY, new RangeCheckpoint(store, identity, saved), () -> {});
      long repeated = FaultyBackend.chunksRun() - intervals;
      assertThat(before).isGreaterThanOrEqualTo(lostAt);
      assertThat(repeated).as("lost in interval %d", lostAt).isBetween(0L, 2L);
      assertThat(newest(store).step()).isEqualTo(intervals * EVERY);
    }
    assertSameState(
        alone(intervals * EVERY),
        RangeFile.read(store, identity, newest(store).current().orElseThrow()));
  }

  /** An attempt that fails while it computes still leaves what it had handed over. */
  @Test
  void whatWasHandedOverIsSavedThoughComputingFails() throws Exception {
    FaultyBackend.failOnce(3);
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> run(10 * EVERY, () -> {}))
        .withMessage("the fault that the test asked for");
    assertThat(newest(store).step()).isEqualTo(3 * EVERY);
  }

  @Test
  void workThatIsNotWantedStopsBeforeTheNextTile() {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                run(
                    10 * EVERY,
                    () -> {
                      if (FaultyBackend.chunksRun() == 4) {
                        throw new IllegalStateException("killed");
                      }
                    }))
        .withMessage("killed");
    assertThat(FaultyBackend.chunksRun()).isEqualTo(4);
  }

  /** Tiles of two rows of a run that is saved nowhere but at its end. */
  @Test
  void aTaskThatIsToEndSavesTheStepThatAllItsTilesHaveReached() throws Exception {
    long steps = 4 * TimedPieces.FIRST_STEPS;
    AtomicBoolean toEnd = new AtomicBoolean();
    TaskSpec spec = spec(steps, 0);
    try (Simulator simulator =
            new Simulator(
                network,
                Backends.load().named(FaultyBackend.NAME),
                Probes.parse("", network),
                SimulatorOptions.DEFAULT);
        SaveQueue saves = new SaveQueue("saves")) {
      RangeRun ranges =
          new RangeRun(
              spec,
              store,
              TileEngine.of(simulator, 2),
              check(),
              saves,
              NOTHING_IS_TRACED,
              new TimedPieces(toEnd::get, 1),
              () -> toEnd.set(FaultyBackend.chunksRun() > 0));
      assertThat(ranges.run(rows(), beginning())).isFalse();
    }
    assertThat(newest(store).step()).isEqualTo(TimedPieces.FIRST_STEPS);
    assertSameState(
        alone(TimedPieces.FIRST_STEPS),
        RangeFile.read(store, identity, newest(store).current().orElseThrow()));
    run(steps, new RangeCheckpoint(store, identity, newest(store)), () -> {});
    assertSameState(
        alone(steps), RangeFile.read(store, identity, newest(store).current().orElseThrow()));
  }

  /** Pieces of a few steps, whatever they take. */
  private static Pieces of(long steps) {
    return new Pieces() {
      @Override
      public boolean areToEnd() {
        return false;
      }

      @Override
      public long end(long step, long to, int rows) {
        return Math.min(to, step + steps);
      }
    };
  }

  /** What a range has come to, and what it has recorded, by tiles of two rows. */
  private List<Object> whole(TaskSpec spec, SampleRange range, Pieces pieces) throws Exception {
    store = new HeldStore();
    identity = spec.identity(network);
    RangeRows rows = new RunTrials(spec, network).rows(input());
    RangeEntry fresh = RangeEntry.fresh(range);
    try (Simulator simulator =
            new Simulator(
                network,
                Backends.load().named("scalar"),
                Probes.parse("spikes", network),
                SimulatorOptions.DEFAULT);
        SaveQueue saves = new SaveQueue("saves")) {
      SelfCheck check =
          new SelfCheck(2, store, Probes.parse("spikes", network), OutputMetrics.PLAIN);
      new RangeRun(
              spec,
              store,
              TileEngine.of(simulator, 2),
              check,
              saves,
              NOTHING_IS_TRACED,
              pieces,
              () -> {})
          .run(rows, new RangeCheckpoint(store, identity, fresh));
      saves.drain();
    }
    List<RangeEntry> found =
        new Adoption(store).adopt(identity, fresh, Integer.MAX_VALUE, look(store)).ranges();
    RangeState state = RangeFile.read(store, identity, found.get(0).current().orElseThrow());
    List<Object> all = new ArrayList<>(List.of(state.step(), state.memories().toString()));
    state.memories().values().forEach(tensor -> all.add(Arrays.toString(tensor.toDoubles())));
    state.accumulators().values().forEach(tensor -> all.add(Arrays.toString(tensor.toDoubles())));
    found.get(0).recordings().forEach(each -> all.add(each.fromStep() + " " + each.rows()));
    return all;
  }

  /** Also where trials have their own steps, and where a rule stops samples on the way. */
  @Test
  void piecesChangeNothing() throws Exception {
    TrialList two = TrialList.NONE.extended(new ObjectMapper().readTree("\"steps=21,90\""), 0);
    TaskSweep sweep = new TaskSweep(two, SAMPLES, 2, SAMPLES);
    Map<TaskSpec, SampleRange> runs =
        Map.of(
            filled(90).steps(90, 40).build(), RANGE,
            filled(90).steps(90, 0).stopWhen("spikes >= 6", 8).build(), RANGE,
            filled(90).steps(90, 50).sweep(sweep).build(), new SampleRange(0, 2 * SAMPLES));
    for (Map.Entry<TaskSpec, SampleRange> run : runs.entrySet()) {
      List<Object> uncut = whole(run.getKey(), run.getValue(), Pieces.NONE);
      for (int steps : List.of(1, 7, 30)) {
        assertThat(whole(run.getKey(), run.getValue(), of(steps)))
            .as("pieces of %d steps", steps)
            .isEqualTo(uncut);
      }
    }
  }
}
