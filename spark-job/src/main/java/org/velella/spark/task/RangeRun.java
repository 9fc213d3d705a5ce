package org.velella.spark.task;

import static org.velella.plan.TileParameters.NONE;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.velella.checkpoint.CheckpointStore;
import org.velella.plan.TileParameters;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;

/**
 * Runs ranges, one after the other, from where their checkpoints stand to the run's last step, tile
 * by tile from checkpoint to checkpoint. What an interval has come to is saved while the next one
 * is computed; a range is done when all of it is saved.
 */
final class RangeRun {
  private final TaskSpec spec;
  private final CheckpointStore store;
  private final Simulator simulator;
  private final int tileSize;
  private final SaveQueue saves;
  private final Runnable requireWanted;

  /**
   * @param saves takes every interval's state and recordings
   * @param requireWanted throws when the work is wanted no longer; called before every tile
   */
  RangeRun(
      TaskSpec spec,
      CheckpointStore store,
      Simulator simulator,
      int tileSize,
      SaveQueue saves,
      Runnable requireWanted) {
    this.spec = spec;
    this.store = store;
    this.simulator = simulator;
    this.tileSize = tileSize;
    this.saves = saves;
    this.requireWanted = requireWanted;
  }

  /** Runs one range; all of it is saved when this returns. */
  void run(RangeRows rows, RangeCheckpoint checkpoint) throws IOException {
    RowIds ids = rows.ids(0, rows.size());
    long done = checkpoint.step();
    TileState state = done == 0 ? null : checkpoint.load(ids);
    while (done < spec.targetSteps()) {
      long to = spec.segmentEnd(done);
      SegmentRecorder recorder = new SegmentRecorder(checkpoint.range(), done, to);
      boolean handedOver = false;
      try {
        state = segment(rows, state, done, to, recorder);
        TileState reached = state;
        saves.put(
            () -> {
              try (recorder) {
                checkpoint.save(reached, ids, recorder.finish(store));
              }
            });
        handedOver = true;
      } finally {
        if (!handedOver) {
          recorder.close();
        }
      }
      done = to;
    }
    saves.drain();
  }

  /** One interval, tile by tile; the state that comes out shares nothing with what runs next. */
  private TileState segment(
      RangeRows rows, TileState state, long from, long to, SegmentRecorder recorder) {
    if (from == 0) {
      recorder.failures(rows.failures());
    }
    List<TileState> tiles = new ArrayList<>();
    for (int lo = 0; lo < rows.size(); lo += tileSize) {
      requireWanted.run();
      int hi = Math.min(rows.size(), lo + tileSize);
      TileParameters own = rows.parameters(lo, hi);
      TileState before =
          state == null
              ? rows.initial(simulator.initial(hi - lo, own), lo, hi)
              : state.slice(lo, hi);
      RecordSink sink = recorder.tile(rows.ids(lo, hi));
      tiles.add(simulator.run(before, rows.input(lo, hi), (int) (to - from), own, sink));
    }
    return tiles.isEmpty() ? emptyState(to) : TileState.concat(tiles);
  }

  /**
   * Memories that all samples share go on even in a range that has none: a silent one stands in.
   */
  private TileState emptyState(long step) {
    TileInput silence = (firstStep, steps, target) -> Arrays.fill(target, 0);
    TileState fresh = simulator.initial(1, NONE);
    return simulator.run(fresh, silence, (int) step, NONE, RecordSink.NONE).slice(0, 0);
  }
}
