package org.velella.spark.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.DeviceCounts;
import org.velella.checkpoint.SampleRange;
import org.velella.module.HostFailedException;
import org.velella.module.UnfitInputException;
import org.velella.plan.TileParameters;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;

/** One range from one checkpoint to the next: computed tile by tile, then handed on to be saved. */
final class RangeSegment {
  private final SampleRange range;
  private final long from;
  private final long to;
  private final Tools tools;
  private SegmentRecorder recorder;
  private RangeRows rows;
  private long reached;
  private final Pieces pieces;

  /**
   * What all segments of a task work with.
   *
   * @param pieces after which a segment may end early
   * @param wanted is asked before every tile
   * @param requireAllowed is told of rows that turn out not to fit, by their {@linkplain
   *     RangeRows#place places}, ascending; throws if one is enough
   */
  record Tools(
      TileEngine engine,
      SelfCheck check,
      Halting halting,
      Pieces pieces,
      Wanted wanted,
      Consumer<Map<Integer, RangeInput.Failure>> requireAllowed) {}

  RangeSegment(SampleRange range, long from, long to, Tools tools) {
    this.range = range;
    this.from = from;
    this.to = to;
    this.tools = tools;
    pieces = tools.pieces();
  }

  /** The rows that have come to the end. */
  RangeRows rows() {
    return rows;
  }

  /**
   * The step that all of them have come to; an earlier one than was wanted if the task is to end.
   */
  long reached() {
    return reached;
  }

  /**
   * Computes it, if need be again without the rows that turned out not to fit. The state that comes
   * out shares nothing with what runs next.
   *
   * @param before null if no step is done
   * @param known failures that are to be recorded with it
   */
  TileState compute(RangeRows all, TileState before, List<RangeInput.Failure> known)
      throws IOException {
    rows = all;
    TileState state = before;
    List<RangeInput.Failure> failures = new ArrayList<>(known);
    while (true) {
      TreeMap<Integer, RangeInput.Failure> unfit = new TreeMap<>();
      TileState after;
      try {
        // What an attempt before has come to is computed again.
        tools.engine().takeUsed();
        after = attempt(state, failures, unfit);
      } catch (DeviceLostException e) {
        // Of what the device has computed since the last save, nothing is kept.
        tools.engine().replace(e);
        continue;
      } catch (DeviceMemoryException e) {
        tools.engine().makeRoom(e, Math.min(tools.engine().tileSize(), rows.size()));
        continue;
      }
      if (unfit.isEmpty()) {
        return after;
      }
      failures.addAll(unfit.values());
      // In an order that does not depend on when they were found.
      failures.sort(RangeInput.Failure.ORDER);
      Map<Integer, RangeInput.Failure> places = new TreeMap<>();
      unfit.forEach((row, failure) -> places.put(rows.place(row), failure));
      tools.requireAllowed().accept(places);
      state = state == null ? null : without(state, unfit.keySet());
      rows = rows.without(unfit.keySet());
    }
  }

  /** A state but for some of its rows. */
  private static TileState without(TileState state, Set<Integer> rows) {
    return state.select(
        IntStream.range(0, state.samples()).filter(row -> !rows.contains(row)).toArray());
  }

  /** The state at the end; or which rows do not fit, and nothing was recorded. */
  private TileState attempt(
      TileState state, List<RangeInput.Failure> failures, Map<Integer, RangeInput.Failure> unfit)
      throws IOException {
    recorder = new SegmentRecorder(range);
    boolean done = false;
    try {
      recorder.failures(failures);
      TileState now = state;
      long step = from;
      while (step < to && (step == from || !pieces.areToEnd())) {
        int[] running = tools.halting().running(rows, now, step);
        if (running.length == 0) {
          now = unchanged(now, to);
          step = to;
        } else {
          Parts parts = new Parts(now, running);
          // Parts hold it for as long as it is needed: states of a range are large.
          now = null;
          step = parts.run(step, tools.halting().end(rows, running, step, to), unfit);
          if (!unfit.isEmpty()) {
            return null;
          }
          now = parts.joined();
        }
      }
      reached = step;
      done = true;
      return now;
    } finally {
      if (!done) {
        recorder.close();
      }
    }
  }

  /** What all rows, of which none runs any further, have at a later step. */
  private TileState unchanged(TileState before, long step) {
    TileState none = nobody(before, step);
    return before == null ? none : before.beside(none);
  }

  /** The tiles of some steps in which no row stops. */
  private final class Parts {
    /** Of all rows; null if no step is done, and once it is not needed any more. */
    private TileState before;

    private final List<Part> parts = new ArrayList<>();

    /**
     * A tile.
     *
     * @param rows by their numbers among all
     * @param state null as long as that of all rows says it
     */
    private record Part(int[] rows, TileState state) {
      Part some(int from, int to) {
        return new Part(
            Arrays.copyOfRange(rows, from, to), state == null ? null : state.slice(from, to));
      }

      Part without(Set<Integer> places) {
        int[] others =
            IntStream.range(0, rows.length).filter(place -> !places.contains(place)).toArray();
        return new Part(
            Arrays.stream(others).map(place -> rows[place]).toArray(),
            state == null ? null : state.select(others));
      }
    }

    Parts(TileState before, int[] running) {
      this.before = before;
      ofOneNetwork(running).forEach(same -> parts.add(new Part(same, null)));
    }

    /**
     * Runs all tiles to a step, or to an earlier one if the task is to end; gives it. Rows that do
     * not fit are left out from where that shows, only to find them all: what was recorded has
     * theirs, so it is all done again without them.
     */
    long run(long from, long to, Map<Integer, RangeInput.Failure> unfit) throws IOException {
      int rows = parts.stream().mapToInt(part -> part.rows().length).sum();
      long step = from;
      while (step < to && (step == from || !pieces.areToEnd()) && unfit.size() < rows) {
        long end = pieces.end(step, to, rows);
        long begun = System.nanoTime();
        for (int i = 0; i < parts.size(); i++) {
          cut(i);
          run(i, (int) (end - step), unfit);
        }
        if (unfit.isEmpty()) {
          pieces.ran(end - step, rows, System.nanoTime() - begun);
        }
        step = end;
      }
      return step;
    }

    /** Has a tile be no larger than a backend takes it; the rest of it is the next one. */
    private void cut(int i) {
      Part part = parts.get(i);
      int size = tools.engine().tileSize();
      if (part.rows().length > size) {
        parts.set(i, part.some(0, size));
        parts.add(i + 1, part.some(size, part.rows().length));
      }
    }

    private void run(int i, int steps, Map<Integer, RangeInput.Failure> unfit) throws IOException {
      while (true) {
        tools.wanted().require();
        Part part = parts.get(i);
        if (part.rows().length == 0) {
          return;
        }
        RangeRows some = rows.select(part.rows());
        RecordSink sink =
            unfit.isEmpty() ? recorder.tile(some.ids(0, some.size())) : RecordSink.NONE;
        try {
          TileState after = tile(before(part), some, steps, sink);
          parts.set(i, new Part(part.rows(), tools.halting().judged(after)));
          return;
        } catch (UnfitInputException | HostFailedException e) {
          Map<Integer, RangeInput.Failure> failed =
              new FailedRows(tools.wanted(), some)
                  .of(e, (places, few) -> tile(select(part, places), few, steps, RecordSink.NONE));
          failed.forEach((place, failure) -> unfit.put(part.rows()[place], failure));
          parts.set(i, part.without(failed.keySet()));
        } catch (DeviceMemoryException e) {
          if (unfit.isEmpty() && !recorder.forgetTile()) {
            throw e;
          }
          tools.engine().makeRoom(e, part.rows().length);
          cut(i);
        }
      }
    }

    /** The state that a tile begins with; null if no step is done. */
    private TileState before(Part part) {
      if (part.state() != null || before == null) {
        return part.state();
      }
      int[] tile = part.rows();
      int first = tile[0];
      // Consecutive rows, as they mostly are, are cut out in one piece.
      return tile[tile.length - 1] - first == tile.length - 1
          ? before.slice(first, first + tile.length)
          : before.select(tile);
    }

    private TileState select(Part part, int[] places) {
      TileState all = before(part);
      return all == null ? null : all.select(places);
    }

    /**
     * All rows, in their order; those that no tile had stay as they were. There are never more than
     * two states of all rows here, so parts are given up once they are joined.
     */
    TileState joined() {
      List<TileState> states = new ArrayList<>(parts.stream().map(Part::state).toList());
      boolean[] ran = new boolean[rows.size()];
      parts.forEach(part -> Arrays.stream(part.rows()).forEach(row -> ran[row] = true));
      int[] others = IntStream.range(0, ran.length).filter(row -> !ran[row]).toArray();
      if (others.length > 0) {
        states.add(before.select(others).beside(states.get(0)));
      }
      int[] order =
          IntStream.concat(
                  parts.stream().flatMapToInt(part -> Arrays.stream(part.rows())),
                  Arrays.stream(others))
              .toArray();
      parts.clear();
      before = null;
      TileState all = TileState.concat(states);
      states.clear();
      int[] back = new int[order.length];
      Arrays.setAll(back, i -> i);
      if (Arrays.equals(back, order)) {
        return all;
      }
      for (int i = 0; i < order.length; i++) {
        back[order[i]] = i;
      }
      return all.select(back);
    }
  }

  /** Rows in groups of the same network, each ascending. */
  private List<int[]> ofOneNetwork(int[] running) {
    Map<String, IntStream.Builder> groups = new LinkedHashMap<>();
    for (int row : running) {
      groups.computeIfAbsent(rows.network(row), name -> IntStream.builder()).add(row);
    }
    return groups.values().stream().map(group -> group.build().toArray()).toList();
  }

  private TileState tile(TileState state, RangeRows some, int steps, RecordSink sink)
      throws IOException {
    TileParameters own = some.parameters();
    TileEngine.Turn turn = tools.engine().enter(some.network(0), tools.wanted()::require);
    try (turn) {
      Simulator simulator = turn.simulator();
      TileState before = state;
      if (before == null) {
        TileState fresh = simulator.initial(some.size(), own);
        before = tools.halting().fresh(some.initial(fresh));
      }
      RowIds ids = some.ids(0, some.size());
      TileState after = tools.check().run(simulator, before, some.input(), steps, own, sink, ids);
      turn.count();
      return after;
    }
  }

  /**
   * The state of no rows: memories that all samples share go on without any, with a silent one
   * standing in.
   */
  private TileState nobody(TileState before, long step) {
    TileInput silence = (firstStep, steps, target) -> Arrays.fill(target, 0);
    TileEngine.Turn turn = tools.engine().enter(RunTrials.OWN, tools.wanted()::require);
    try (turn) {
      Simulator simulator = turn.simulator();
      TileState fresh = tools.halting().fresh(simulator.initial(1, TileParameters.NONE));
      boolean shares = fresh.shared().contains(true);
      // Shared memories go on from where they are, which need not be where they began.
      TileState from = before == null ? fresh : fresh.beside(before);
      int steps = (int) (step - from.step());
      TileState there =
          shares
              ? simulator.run(from, silence, steps, TileParameters.NONE, RecordSink.NONE)
              : new TileState(step, 1, fresh.memories(), fresh.shared(), fresh.statistics());
      turn.count();
      return there.slice(0, 0);
    }
  }

  /** Forgets what was recorded on the way. */
  void discard() throws IOException {
    recorder.close();
  }

  /** Has the state saved with what was recorded on the way. */
  void save(RangeCheckpoint checkpoint, TileState state, SaveQueue saves, CheckpointStore store)
      throws IOException {
    SegmentRecorder recorded = recorder;
    long last = reached;
    RowIds ids = rows.ids(0, rows.size());
    String backend = tools.engine().backend();
    DeviceCounts devices = tools.engine().takeUsed();
    boolean handedOver = false;
    try {
      saves.put(
          () -> {
            try (recorded) {
              recorded.complete();
              PatientSave.run(
                  () ->
                      checkpoint.save(
                          state, ids, recorded.copy(store, from, last), backend, devices));
            }
          });
      handedOver = true;
    } finally {
      if (!handedOver) {
        recorded.close();
      }
    }
  }
}
