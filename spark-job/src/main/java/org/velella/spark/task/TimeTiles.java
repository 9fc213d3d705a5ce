package org.velella.spark.task;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.SampleRange;
import org.velella.simulate.TileState;
import org.velella.spark.frame.SampleKey;
import scala.Tuple2;

/**
 * Simulates the beginning of a range's first tile as a run would, sees how long it takes, and
 * forgets what came of it.
 */
public final class TimeTiles
    implements FlatMapFunction<Iterator<Tuple2<SampleKey, byte[]>>, TimeTiles.Measured> {
  private static final long serialVersionUID = 1L;

  /** Kernels are compiled meanwhile; the last interval counts. */
  private static final long NANOS = 1_000_000_000;

  private static final long GROWTH = 4;

  /** Of traces, so that looking needs no room that anybody could miss; or those of one step. */
  static final long MOST_TRACE_BYTES = 64L << 20;

  private final Broadcast<TaskSpec> run;

  public TimeTiles(Broadcast<TaskSpec> run) {
    this.run = run;
  }

  /** What a task has seen. Of plain fields only, so that any of Spark's serializers carries it. */
  public static final class Measured implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    private final int tileSize;
    private final double sampleSteps;
    private final long nanos;

    /**
     * Made by tasks.
     *
     * @param tileSize samples of one kernel pass
     * @param sampleSteps that were timed
     * @param nanos that they took
     */
    public Measured(int tileSize, double sampleSteps, long nanos) {
      this.tileSize = tileSize;
      this.sampleSteps = sampleSteps;
      this.nanos = nanos;
    }

    /** Samples of one kernel pass. */
    public int tileSize() {
      return tileSize;
    }

    /** Samples times the steps that each of them had, as if no rule stopped any. */
    public double sampleSteps() {
      return sampleSteps;
    }

    /** How long they took. */
    public long nanos() {
      return nanos;
    }
  }

  /**
   * Simulates the beginning of one range.
   *
   * @param fragments its input, sorted by key
   * @return one element; none if no sample can be simulated
   */
  @Override
  public Iterator<Measured> call(Iterator<Tuple2<SampleKey, byte[]>> fragments) throws IOException {
    TaskSpec spec = run.value();
    ExecutorRuntime runtime = ExecutorRuntime.of(spec);
    RangeReader inputs =
        new RangeReader(fragments, runtime.network().inputSize(), spec.targetSteps());
    RangeRows all = runtime.trials().rows(inputs.next());
    try (TileEngine engine = TileEngine.of(runtime, spec, 0);
        SelfCheck check = runtime.selfCheck(spec, null)) {
      Halting halting = new Halting(spec);
      RangeSegment.Tools tools =
          new RangeSegment.Tools(engine, check, halting, () -> {}, unfit -> {});
      int tile = Math.min(all.size(), engine.tileSize());
      RangeRows rows = all.select(IntStream.range(0, tile).toArray());
      long atOnce = Math.max(1, runtime.network().stepsAtOnce());
      long most = mostSteps(runtime.scratchRoom(spec).bytesOfAStep(tile), atOnce);
      // Nobody reads what is recorded, so it does not matter which samples it is of.
      SampleRange range = new SampleRange(0, 1);
      Measured last = null;
      TileState state = null;
      long done = 0;
      long steps = atOnce;
      long begun = System.nanoTime();
      while (done < spec.targetSteps() && System.nanoTime() - begun < NANOS) {
        RangeRows running = rows.select(halting.running(rows, state, done));
        if (running.size() == 0) {
          break;
        }
        long to = Math.min(spec.targetSteps(), done + steps);
        long now = System.nanoTime();
        RangeSegment segment = new RangeSegment(range, done, to, tools);
        state = segment.compute(rows, state, List.of());
        rows = segment.rows();
        segment.discard();
        long nanos = System.nanoTime() - now;
        last = new Measured(engine.tileSize(), running.sampleSteps(done, to), nanos);
        done = to;
        steps = Math.min(most, steps * GROWTH);
      }
      return Stream.ofNullable(last).iterator();
    }
  }

  /**
   * Steps that are simulated at a time at most.
   *
   * @param traceBytes of a step
   * @param atOnce how many steps the network takes at a time
   */
  static long mostSteps(long traceBytes, long atOnce) {
    long fitting = traceBytes == 0 ? Long.MAX_VALUE : MOST_TRACE_BYTES / traceBytes;
    return Math.max(1, fitting / atOnce) * atOnce;
  }
}
