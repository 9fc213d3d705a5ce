package org.velella.spark.task;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.CheckpointStore;
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
   * Runs the ranges of one partition to the run's last step, or until the task {@linkplain TaskEnd
   * is to end}.
   *
   * @param fragments the partition's input, sorted by key
   * @return for each range: its number, and events that lie beyond the last step; its number alone
   *     if a device failed and another backend took over; nothing if it stopped on its way; then
   *     what {@link SaveCost} reads
   */
  @Override
  public Iterator<long[]> call(Iterator<Tuple2<SampleKey, byte[]>> fragments) throws IOException {
    TaskSpec spec = run.value();
    boolean triedBefore = RangeStarts.triesBefore(TaskContext.get()) > 0;
    ExecutorRuntime runtime = ExecutorRuntime.of(spec);
    Configuration conf = spec.conf().toConfiguration();
    CheckpointStore store = RunStores.open(URI.create(spec.runDirectory()), conf);
    RangeStarts starts =
        new RangeStarts(
            store,
            runtime.identity(),
            spec.targetSteps(),
            pending.value(),
            triedBefore,
            RangeStarts.copies());

    TaskEnd end = new TaskEnd(TaskContext.get(), spec);
    List<long[]> done = new ArrayList<>();
    RangeReader inputs =
        new RangeReader(fragments, runtime.network().inputSize(), spec.targetSteps());
    TileEngine engine = TileEngine.of(runtime, spec, RangeStarts.lostBefore(TaskContext.get()));
    try (engine;
        SelfCheck check = runtime.selfCheck(spec, store);
        SaveQueue saves = new SaveQueue("velella-save")) {
      ScratchRoom room = runtime.scratchRoom(spec);
      Pieces pieces = new TimedPieces(end::isNear, runtime.network().stepsAtOnce());
      RangeRun ranges = new RangeRun(spec, store, engine, check, saves, room, pieces, end);
      while (inputs.hasNext()) {
        RangeInput input = inputs.next();
        RangeRows rows = runtime.trials().rows(input);
        if (!ranges.run(rows, starts.of(input.range()))) {
          // Spark would report an exception as an error, with its trace.
          done.add(new long[0]);
          break;
        }
        long unreached = input.eventsFrom(spec.targetSteps());
        done.add(new long[] {input.range(), unreached});
        if (engine.fellBack()) {
          done.add(new long[] {input.range()});
        }
      }
      saves.drain();
      done.add(SaveCost.of(saves, ranges).toLongs());
    }
    return done.iterator();
  }

  /** How many events of the samples lie beyond the last step, by what all tasks have returned. */
  public static long unreachedEvents(List<long[]> results) {
    long events = 0;
    for (long[] result : results) {
      events += result.length == 2 ? result[1] : 0;
    }
    return events;
  }

  /** Whether a task has stopped on its way, by what all tasks have returned. */
  public static boolean haveStopped(List<long[]> results) {
    return results.stream().anyMatch(result -> result.length == 0);
  }

  /** What to tell of devices that failed, by what all tasks have returned. */
  public static Optional<String> fallBacks(List<long[]> results) {
    long ranges = results.stream().filter(result -> result.length == 1).count();
    return ranges == 0
        ? Optional.empty()
        : Optional.of(
            "a device failed: %d ranges were finished by another backend, with the same bits; the executors' logs say why, and each range file says which"
                .formatted(ranges));
  }
}
