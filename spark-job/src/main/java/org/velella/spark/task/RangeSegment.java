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

  /**
   * What all segments of a task work with.
   *
   * @param requireWanted throws when the work is wanted no longer; called before every tile
   * @param requireAllowed is told of rows that turn out not to fit, by their {@linkplain
   *     RangeRows#place places}, ascending; throws if one is enough
   */
  record Tools(
      TileEngine engine,
      SelfCheck check,
      Halting halting,
      Runnable requireWanted,
      Consumer<Map<Integer, RangeInput.Failure>> requireAllowed) {}

  RangeSegment(SampleRange range, long from, long to, Tools tools) {
    this.range = range;
    this.from = from;
    this.to = to;
    this.tools = tools;
  }

  /** The rows that have come to the end. */
  RangeRows rows() {
    return rows;
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
      TileState reached;
      try {
        // What an attempt before has come to is computed again.
        tools.engine().takeUsed();
        reached = attempt(state, failures, unfit);
      } catch (DeviceLostException e) {
        // Of what the device has computed since the last save, nothing is kept.
        tools.engine().replace(e);
        continue;
      } catch (DeviceMemoryException e) {
        tools.engine().makeRoom(e, Math.min(tools.engine().tileSize(), rows.size()));
        continue;
      }
      if (unfit.isEmpty()) {
        return reached;
      }
      failures.addAll(unfit.values());
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
    recorder = new SegmentRecorder(range, from, to);
    boolean done = false;
    try {
      recorder.failures(failures);
      TileState now = state;
      long step = from;
      while (step < to) {
        int[] running = tools.halting().running(rows, now, step);
        long end = running.length == 0 ? to : tools.halting().end(rows, running, step, to);
        Parts parts = new Parts(end);
        if (!parts.run(now, running, (int) (end - step), unfit)) {
          return null;
        }
        now = parts.joined(now);
        step = end;
      }
      done = true;
      return now;
    } finally {
      if (!done) {
        recorder.close();
      }
    }
  }

  /** The tiles of some steps in which no row stops. */
  private final class Parts {
    private final long end;
    private final List<TileState> states = new ArrayList<>();
    private int[] order = new int[0];

    Parts(long end) {
      this.end = end;
    }

    /** Runs tiles of rows; false if some do not fit. */
    boolean run(TileState state, int[] running, int steps, Map<Integer, RangeInput.Failure> unfit)
        throws IOException {
      for (int[] same : ofOneNetwork(running)) {
        int lo = 0;
        while (lo < same.length) {
          tools.requireWanted().run();
          int hi = Math.min(same.length, lo + tools.engine().tileSize());
          int[] tile = Arrays.copyOfRange(same, lo, hi);
          RangeRows some = rows.select(tile);
          RecordSink sink = recorder.tile(some.ids(0, some.size()));
          try {
            add(tile, tools.halting().judged(tile(state, tile, some, steps, sink)));
            lo = hi;
          } catch (UnfitInputException | HostFailedException e) {
            unfit.putAll(new FailedRows(tools, rows).of(e, tile, one(state, steps)));
            return false;
          } catch (DeviceMemoryException e) {
            if (!recorder.forgetTile()) {
              throw e;
            }
            tools.engine().makeRoom(e, hi - lo);
          }
        }
      }
      return true;
    }

    private void add(int[] tile, TileState state) {
      states.add(state);
      int had = order.length;
      order = Arrays.copyOf(order, had + tile.length);
      System.arraycopy(tile, 0, order, had, tile.length);
    }

    /** All rows, in their order; those that no tile had stay as they were. */
    TileState joined(TileState before) {
      if (states.isEmpty()) {
        TileState none = nobody(before, end);
        return before == null ? none : before.beside(none);
      }
      boolean[] ran = new boolean[rows.size()];
      Arrays.stream(order).forEach(row -> ran[row] = true);
      int[] others = IntStream.range(0, ran.length).filter(row -> !ran[row]).toArray();
      if (others.length > 0) {
        add(others, before.select(others).beside(states.get(0)));
      }
      TileState all = TileState.concat(states);
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

  private TileState tile(TileState state, int[] tile, RangeRows some, int steps, RecordSink sink)
      throws IOException {
    TileParameters own = some.parameters();
    TileEngine.Turn turn = tools.engine().enter(some.network(0), tools.requireWanted());
    try (turn) {
      Simulator simulator = turn.simulator();
      TileState before;
      if (state == null) {
        TileState fresh = simulator.initial(some.size(), own);
        before = tools.halting().fresh(some.initial(fresh));
      } else {
        before = part(state, tile);
      }
      RowIds ids = some.ids(0, some.size());
      TileState after = tools.check().run(simulator, before, some.input(), steps, own, sink, ids);
      turn.count();
      return after;
    }
  }

  /** Consecutive rows, as they mostly are, are cut out in one piece. */
  private static TileState part(TileState state, int[] tile) {
    int first = tile[0];
    return tile[tile.length - 1] - first == tile.length - 1
        ? state.slice(first, first + tile.length)
        : state.select(tile);
  }

  /** What computes a row by itself, from a state that stays as it is. */
  private FailedRows.Attempt one(TileState state, int steps) {
    return (row, alone) -> tile(state, new int[] {row}, alone, steps, RecordSink.NONE);
  }

  /**
   * The state of no rows: memories that all samples share go on without any, with a silent one
   * standing in.
   */
  private TileState nobody(TileState before, long step) {
    TileInput silence = (firstStep, steps, target) -> Arrays.fill(target, 0);
    TileEngine.Turn turn = tools.engine().enter(RunTrials.OWN, tools.requireWanted());
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
                  () -> checkpoint.save(state, ids, recorded.copy(store), backend, devices));
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
