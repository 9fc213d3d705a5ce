package org.velella.spark.task;

import static org.velella.plan.TileParameters.NONE;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.SampleRange;
import org.velella.module.UnfitInputException;
import org.velella.plan.TileParameters;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.spark.frame.FailureReason;

/**
 * Runs ranges, one after the other, from where their checkpoints stand to the run's last step, tile
 * by tile from checkpoint to checkpoint. What an interval has come to is saved while the next one
 * is computed; a range is done when all of it is saved.
 */
final class RangeRun {
  private final TaskSpec spec;
  private final CheckpointStore store;
  private final TileEngine engine;
  private final SelfCheck check;
  private final SaveQueue saves;
  private final Runnable requireWanted;
  private final CheckpointSchedule schedule;

  private long computeNanos;
  private long computedSteps;

  /**
   * @param saves takes every interval's state and recordings
   * @param requireWanted throws when the work is wanted no longer; called before every tile
   */
  RangeRun(
      TaskSpec spec,
      CheckpointStore store,
      TileEngine engine,
      SelfCheck check,
      SaveQueue saves,
      Runnable requireWanted) {
    this.spec = spec;
    this.store = store;
    this.engine = engine;
    this.check = check;
    this.saves = saves;
    this.requireWanted = requireWanted;
    schedule = spec.schedule();
  }

  /**
   * Runs one range; all that was computed is saved when this returns.
   *
   * @return whether it has reached the last step; false if tasks of this process, or of this run,
   *     are to stop
   * @throws SampleFailedException if something cannot be simulated and one is enough to stop
   */
  boolean run(RangeRows all, RangeCheckpoint checkpoint) throws IOException {
    long done = checkpoint.step();
    RangeRows rows = all;
    TileState state = null;
    List<RangeInput.Failure> failures = List.of();
    if (done > 0) {
      RangeCheckpoint.Start start = checkpoint.load(all);
      state = start.state();
      rows = start.rows();
    } else {
      failures = all.failures();
      requireAllowed(failures);
    }
    while (done < spec.targetSteps()) {
      if (TaskStop.isRequested() || spec.isTimeSpent()) {
        saves.drain();
        return false;
      }
      long to = schedule.end(done);
      long begun = System.nanoTime();
      Segment segment = new Segment(checkpoint.range(), done, to);
      state = segment.compute(rows, state, failures);
      rows = segment.rows;
      measured(to - done, System.nanoTime() - begun);
      segment.save(checkpoint, state);
      failures = List.of();
      done = to;
    }
    saves.drain();
    return true;
  }

  private void requireAllowed(List<RangeInput.Failure> failures) {
    if (spec.failFast() && !failures.isEmpty()) {
      throw new SampleFailedException(failures.get(0));
    }
  }

  private void measured(long steps, long nanos) {
    computeNanos += nanos;
    computedSteps += steps;
    long count = Math.max(1, saves.saves());
    schedule.computed(
        steps,
        nanos * 1e-9,
        saves.blockedNanos() * 1e-9 / count,
        saves.writeNanos() * 1e-9 / count);
  }

  /** How long computing took, without saves. */
  long computeNanos() {
    return computeNanos;
  }

  /** Steps of ranges that were computed. */
  long computedSteps() {
    return computedSteps;
  }

  /** One interval of a range. */
  private final class Segment {
    private final SampleRange range;
    private final long from;
    private final long to;
    private SegmentRecorder recorder;
    private RangeRows rows;

    Segment(SampleRange range, long from, long to) {
      this.range = range;
      this.from = from;
      this.to = to;
    }

    /**
     * Computes it, if need be again without the rows that turned out not to fit. The state that
     * comes out shares nothing with what runs next.
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
          reached = attempt(state, failures, unfit);
        } catch (DeviceLostException e) {
          // Of what the device has computed since the last save, nothing is kept.
          engine.replace(e);
          continue;
        } catch (DeviceMemoryException e) {
          engine.makeRoom(e, Math.min(engine.tileSize(), rows.size()));
          continue;
        }
        if (unfit.isEmpty()) {
          return reached;
        }
        failures.addAll(unfit.values());
        requireAllowed(List.copyOf(unfit.values()));
        state = state == null ? null : without(state, unfit.keySet());
        rows = rows.without(unfit.keySet());
      }
    }

    /** The state at the end; or which rows do not fit, and nothing was recorded. */
    private TileState attempt(
        TileState state, List<RangeInput.Failure> failures, Map<Integer, RangeInput.Failure> unfit)
        throws IOException {
      recorder = new SegmentRecorder(range, from, to);
      boolean done = false;
      try {
        recorder.failures(failures);
        List<TileState> tiles = new ArrayList<>();
        int lo = 0;
        while (lo < rows.size()) {
          requireWanted.run();
          int hi = Math.min(rows.size(), lo + engine.tileSize());
          RecordSink sink = recorder.tile(rows.ids(lo, hi));
          try {
            tiles.add(tile(state, lo, hi, sink));
            lo = hi;
          } catch (UnfitInputException e) {
            unfit.putAll(unfit(state, lo, hi, e));
            return null;
          } catch (DeviceMemoryException e) {
            if (!recorder.forgetTile()) {
              throw e;
            }
            engine.makeRoom(e, hi - lo);
          }
        }
        done = true;
        return tiles.isEmpty() ? emptyState(to) : TileState.concat(tiles);
      } finally {
        if (!done) {
          recorder.close();
        }
      }
    }

    private TileState tile(TileState state, int lo, int hi, RecordSink sink) throws IOException {
      Simulator simulator = engine.simulator();
      TileParameters own = rows.parameters(lo, hi);
      DevicePlace.Permit permit = engine.enter(requireWanted);
      try (permit) {
        TileState before =
            state == null
                ? rows.initial(simulator.initial(hi - lo, own), lo, hi)
                : state.slice(lo, hi);
        RowIds ids = rows.ids(lo, hi);
        return check.run(simulator, before, rows.input(lo, hi), (int) (to - from), own, sink, ids);
      }
    }

    /** Finds out by whom a tile fails; elements of the batch do not depend on each other. */
    private Map<Integer, RangeInput.Failure> unfit(
        TileState state, int lo, int hi, UnfitInputException thrown) throws IOException {
      Map<Integer, RangeInput.Failure> unfit = new TreeMap<>();
      for (int row = lo; row < hi; row++) {
        requireWanted.run();
        try {
          tile(state, row, row + 1, RecordSink.NONE);
        } catch (UnfitInputException e) {
          RowIds id = rows.ids(row, row + 1);
          unfit.put(
              row,
              new RangeInput.Failure(
                  id.trials()[0], id.samples()[0], FailureReason.UNFIT_VALUE, e.getMessage()));
        }
      }
      if (unfit.isEmpty()) {
        throw thrown;
      }
      return unfit;
    }

    void save(RangeCheckpoint checkpoint, TileState state) throws IOException {
      SegmentRecorder recorded = recorder;
      RowIds ids = rows.ids(0, rows.size());
      String backend = engine.backend();
      boolean handedOver = false;
      try {
        saves.put(
            () -> {
              try (recorded) {
                checkpoint.save(state, ids, recorded.finish(store), backend);
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

  /** A state but for some of its rows. */
  private static TileState without(TileState state, Set<Integer> rows) {
    List<TileState> left = new ArrayList<>();
    for (int row = 0; row < state.samples(); row++) {
      if (!rows.contains(row)) {
        left.add(state.slice(row, row + 1));
      }
    }
    return left.isEmpty() ? state.slice(0, 0) : TileState.concat(left);
  }

  /**
   * Memories that all samples share go on even in a range that has none: a silent one stands in.
   */
  private TileState emptyState(long step) {
    TileInput silence = (firstStep, steps, target) -> Arrays.fill(target, 0);
    Simulator simulator = engine.simulator();
    DevicePlace.Permit permit = engine.enter(requireWanted);
    try (permit) {
      TileState fresh = simulator.initial(1, NONE);
      return simulator.run(fresh, silence, (int) step, NONE, RecordSink.NONE).slice(0, 0);
    }
  }
}
