package org.velella.spark.task;

import java.io.IOException;
import java.util.List;
import org.velella.checkpoint.CheckpointStore;
import org.velella.simulate.TileState;

/**
 * Runs ranges, one after the other, from where their checkpoints stand to the run's last step, tile
 * by tile from checkpoint to checkpoint. What an interval has come to is saved while the next one
 * is computed, be it of the same range or of the next one.
 */
final class RangeRun {
  private final TaskSpec spec;
  private final CheckpointStore store;
  private final SaveQueue saves;
  private final RangeSegment.Tools tools;
  private final CheckpointSchedule schedule;
  private final ScratchRoom room;

  private long computeNanos;
  private long computedSteps;

  /**
   * @param saves takes every interval's state and recordings
   * @param room for what is recorded from one save to the next
   * @param pieces after which it may end early
   * @param wanted is asked before every tile
   */
  RangeRun(
      TaskSpec spec,
      CheckpointStore store,
      TileEngine engine,
      SelfCheck check,
      SaveQueue saves,
      ScratchRoom room,
      Pieces pieces,
      Wanted wanted) {
    this.spec = spec;
    this.store = store;
    this.saves = saves;
    this.room = room;
    tools =
        new RangeSegment.Tools(
            engine,
            check,
            new Halting(spec),
            pieces,
            wanted,
            unfit -> requireAllowed(List.copyOf(unfit.values())));
    schedule = spec.schedule();
  }

  /**
   * Runs one range. What it has come to may still be on its way to be saved when this returns: that
   * goes on while the next range is computed, unless that one goes on from a saved state or
   * something is traced. Who wants all to be saved drains the queue.
   *
   * @return whether it has reached the last step; false if the task is to end, with all that was
   *     computed saved
   * @throws IOException also if this machine has no room for what the range records
   * @throws SampleFailedException if something cannot be simulated and one is enough to stop
   */
  boolean run(RangeRows all, RangeCheckpoint checkpoint) throws IOException {
    long done = checkpoint.step();
    RangeRows rows = all;
    TileState state = null;
    List<RangeInput.Failure> failures = List.of();
    if (done > 0 || room.hasTraces()) {
      // With one range's state or traces still to be saved, this one's would be more than a task
      // counts on: a state that is read, or traces beside those on the disk.
      saves.drain();
    }
    if (done > 0) {
      RangeCheckpoint.Start start = checkpoint.load(all);
      state = start.state();
      rows = start.rows();
    } else {
      failures = all.failures();
      requireAllowed(failures);
    }
    requireRoom(rows, state, done);
    while (done < spec.targetSteps()) {
      if (tools.pieces().areToEnd()) {
        saves.drain();
        return false;
      }
      long to = room.end(done, schedule.end(done), recording(rows, state, done));
      long begun = System.nanoTime();
      RangeSegment segment = new RangeSegment(checkpoint.range(), done, to, tools);
      state = segment.compute(rows, state, failures);
      rows = segment.rows();
      measured(segment.reached() - done, System.nanoTime() - begun);
      segment.save(checkpoint, state, saves, store);
      failures = List.of();
      done = segment.reached();
    }
    return true;
  }

  /** How many rows record further; they are looked for only if anything is traced. */
  private int recording(RangeRows rows, TileState state, long step) {
    return room.hasTraces() ? tools.halting().running(rows, state, step).length : 0;
  }

  private void requireRoom(RangeRows rows, TileState state, long from) throws IOException {
    if (from < spec.targetSteps() && room.hasTraces()) {
      RangeRows running = rows.select(tools.halting().running(rows, state, from));
      room.require(running.size(), schedule.mostOfTwo(from, running::sampleSteps));
    }
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
}
