package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backends;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeLooks;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.SampleRange;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.spark.CountingNetwork;
import org.velella.spark.FaultyBackend;

/** Rows of a range that turn out not to fit, each in a piece of its own. */
class UnfitRowsTest {
  private static final int SIZE = 3;
  private static final int SAMPLES = 6;
  private static final int STEPS = 60;
  private static final int PIECE = 5;
  private static final int TILE = 2;
  private static final SampleRange RANGE = new SampleRange(0, SAMPLES);

  /** The step at which a sample has half a spike: pieces 8 to 12, the later tiles' first. */
  private static final Map<Integer, Integer> UNFIT =
      new TreeMap<>(Map.of(0, 57, 1, 52, 3, 47, 4, 42, 5, 37));

  private final Network network = CountingNetwork.of(SIZE);

  private HeldStore store = new HeldStore();
  private RunIdentity identity;

  @AfterEach
  void mendBackend() {
    FaultyBackend.failNever();
  }

  private TaskSpec spec() {
    return TaskSpec.builder()
        .run("file:/nowhere", null)
        .network(NetworkCodec.toBytes(network))
        .identity("test-run", new TreeMap<>())
        .dt(1e-4)
        .seed(3)
        .steps(STEPS, 0)
        .backend(FaultyBackend.NAME)
        .build();
  }

  private RangeRows rows(Map<Integer, Integer> unfit) {
    return rows(unfit, RangeInputs.first(SAMPLES));
  }

  private RangeRows rows(Map<Integer, Integer> unfit, List<Integer> present) {
    return new RunTrials(spec(), network)
        .rows(RangeInputs.of(present, STEPS, sample -> values(sample, unfit)));
  }

  private static float[] values(int sample, Map<Integer, Integer> unfit) {
    SplittableRandom random = new SplittableRandom(sample);
    float[] values = new float[STEPS * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(3) == 0 ? 1 : 0;
    }
    if (unfit.containsKey(sample)) {
      values[unfit.get(sample) * SIZE + 1] = 0.5f;
    }
    return values;
  }

  private static Pieces pieces(BooleanSupplier toEnd) {
    return new Pieces() {
      @Override
      public boolean areToEnd() {
        return toEnd.getAsBoolean();
      }

      @Override
      public long end(long step, long to, int rows) {
        return Math.min(to, step + PIECE);
      }
    };
  }

  private void run(RangeRows rows, Pieces pieces) throws IOException {
    identity = spec().identity(network);
    store = new HeldStore();
    store.allowAll();
    FaultyBackend.countAnew();
    Probes probes = Probes.parse("spikes", network);
    try (Simulator simulator =
            new Simulator(
                network,
                Backends.load().named(FaultyBackend.NAME),
                probes,
                SimulatorOptions.DEFAULT);
        SaveQueue saves = new SaveQueue("saves")) {
      new RangeRun(
              spec(),
              store,
              TileEngine.of(simulator, TILE),
              new SelfCheck(0, store, probes, OutputMetrics.PLAIN),
              saves,
              new ScratchRoom(0, false, LittleRoom.REFUSE, 1, () -> 0),
              pieces,
              () -> {})
          .run(rows, new RangeCheckpoint(store, identity, RangeEntry.fresh(RANGE)));
      saves.drain();
    }
  }

  private RangeEntry saved() throws IOException {
    return new Adoption(store)
        .adopt(
            identity,
            RangeEntry.fresh(RANGE),
            Integer.MAX_VALUE,
            new RangeLooks(store, range -> 0, System::nanoTime).ofTask())
        .ranges()
        .get(0);
  }

  private long failed() throws IOException {
    return saved().recordings().stream()
        .filter(each -> each.kind().equals("failures"))
        .mapToLong(Recording::rows)
        .sum();
  }

  private List<String> state() throws IOException {
    RangeState state = RangeFile.read(store, identity, saved().current().orElseThrow());
    List<String> all =
        new ArrayList<>(
            List.of("step " + state.step(), Arrays.toString(state.sampleIds().longs())));
    state.memories().values().forEach(tensor -> all.add(Arrays.toString(tensor.toDoubles())));
    state.accumulators().values().forEach(tensor -> all.add(Arrays.toString(tensor.toDoubles())));
    saved()
        .recordings()
        .forEach(each -> all.add(each.publishedFile().replaceAll("/.*", " ") + each.rows()));
    return all;
  }

  /** One pass to find them all, one without them; not one for each. */
  @Test
  void allAreFoundBeforeTheOthersAreComputedAnew() throws Exception {
    run(rows(UNFIT), Pieces.NONE);
    List<String> uncut = state();
    run(rows(UNFIT), pieces(() -> false));
    assertThat(state()).isEqualTo(uncut);
    assertThat(failed()).isEqualTo(UNFIT.size());
    int tiles = SAMPLES / TILE;
    int all = STEPS / PIECE;
    // A tile of two that fails: itself, its halves, and what fits of it.
    int sought = 4 * UNFIT.size();
    assertThat(FaultyBackend.chunksRun()).isBetween((long) all, (long) all * tiles + sought + all);
    assertStateOfNoOthers(List.of(2), pieces(() -> false));
  }

  /** The state that is saved, and its spikes, are those of a run that has only these samples. */
  private void assertStateOfNoOthers(List<Integer> samples, Pieces pieces) throws Exception {
    List<String> state = state();
    state.removeIf(line -> line.startsWith("failures"));
    run(rows(Map.of(), samples), pieces);
    assertThat(state).isEqualTo(state());
  }

  /** What was found by then is known; the others are computed for one piece, which is saved. */
  @Test
  void aTaskThatIsToEndWhileItSeeksThemSavesSoon() throws Exception {
    int tiles = SAMPLES / TILE;
    long untilSecond = 9L * tiles;
    run(rows(UNFIT), pieces(() -> FaultyBackend.chunksRun() > untilSecond));
    assertThat(saved().step()).isEqualTo(PIECE);
    assertThat(FaultyBackend.chunksRun()).isLessThan(untilSecond + 6 * tiles);
    assertThat(failed()).isEqualTo(2);
    // Found by then are those of steps 37 and 42.
    assertStateOfNoOthers(List.of(0, 1, 2, 3), pieces(() -> FaultyBackend.chunksRun() > 0));
    assertThat(saved().step()).isEqualTo(PIECE);
  }
}
