package org.velella.spark.task;

import static org.velella.plan.TileParameters.NONE;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.CheckpointStore;
import org.velella.module.Samples;
import org.velella.plan.TileParameters;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.spark.frame.SampleKey;
import org.velella.spark.store.RunStores;
import scala.Tuple2;

/**
 * The data path of a run, as one task goes it: for each of its ranges, decode the input, load the
 * memories, run tile by tile from checkpoint to checkpoint, save memories and recordings.
 *
 * <p>A range depends on nothing but its own input and its own files, so it does not matter which
 * task runs it, when, or how often.
 */
public final class SimulateTiles
    implements FlatMapFunction<Iterator<Tuple2<SampleKey, byte[]>>, long[]> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<TaskSpec> run;
  private final Broadcast<RangeHeads> pending;

  public SimulateTiles(Broadcast<TaskSpec> run, Broadcast<RangeHeads> pending) {
    this.run = run;
    this.pending = pending;
  }

  /**
   * Runs the ranges of one partition to the run's last step.
   *
   * @param fragments the partition's input, sorted by key
   * @return for each range: its number, samples simulated, samples that failed, and events that lie
   *     beyond the last step
   */
  @Override
  public Iterator<long[]> call(Iterator<Tuple2<SampleKey, byte[]>> fragments) throws IOException {
    TaskSpec spec = run.value();
    ExecutorRuntime runtime = ExecutorRuntime.of(spec);
    Configuration conf = spec.conf().toConfiguration();
    CheckpointStore store = RunStores.open(URI.create(spec.runDirectory()), conf);
    RangeStarts starts = new RangeStarts(store, spec, runtime, pending.value(), TaskContext.get());

    List<long[]> done = new ArrayList<>();
    RangeReader inputs =
        new RangeReader(fragments, runtime.network().inputSize(), spec.targetSteps());
    try (ExecutorRuntime.Loan simulator = runtime.simulator()) {
      while (inputs.hasNext()) {
        RangeInput input = inputs.next();
        RangeCheckpoint checkpoint = starts.of(input.range());
        simulate(input, checkpoint, store, simulator.get(), runtime.tileSize(spec));
        long unreached = input.eventsFrom(spec.targetSteps());
        done.add(
            new long[] {input.range(), input.samples().size(), input.failures().size(), unreached});
      }
    }
    return done.iterator();
  }

  /** One range, from where its checkpoint stands to the run's last step. */
  private void simulate(
      RangeInput input,
      RangeCheckpoint checkpoint,
      CheckpointStore store,
      Simulator simulator,
      int tileSize)
      throws IOException {
    TaskSpec spec = run.value();
    long[] ids = input.sampleIds();
    TileState state = checkpoint.step() == 0 ? null : checkpoint.load(ids);
    while (checkpoint.step() < spec.targetSteps()) {
      long from = checkpoint.step();
      long to = spec.segmentEnd(from);
      try (SegmentRecorder recorder = new SegmentRecorder(checkpoint.range(), from, to)) {
        if (from == 0) {
          recorder.failures(input.failures());
        }
        List<TileState> tiles = new ArrayList<>();
        for (int lo = 0; lo < ids.length; lo += tileSize) {
          int hi = Math.min(ids.length, lo + tileSize);
          long[] tile = Arrays.copyOfRange(ids, lo, hi);
          TileParameters own = NONE.with(Samples.of(spec.seed(), tile));
          TileState before = state == null ? simulator.initial(hi - lo, own) : state.slice(lo, hi);
          RecordSink sink = recorder.tile(tile);
          tiles.add(simulator.run(before, input.tile(lo, hi), (int) (to - from), own, sink));
        }
        state = tiles.isEmpty() ? emptyState(simulator, to) : TileState.concat(tiles);
        checkpoint.save(state, ids, recorder.finish(store));
      }
    }
  }

  /**
   * Memories that all samples share go on even in a range that has none: a silent one stands in.
   */
  private static TileState emptyState(Simulator simulator, long step) {
    TileInput silence = (firstStep, steps, target) -> Arrays.fill(target, 0);
    TileState fresh = simulator.initial(1, NONE);
    return simulator.run(fresh, silence, (int) step, NONE, RecordSink.NONE).slice(0, 0);
  }
}
