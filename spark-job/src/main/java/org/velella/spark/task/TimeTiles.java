package org.velella.spark.task;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.SampleRange;
import org.velella.simulate.TileState;
import org.velella.spark.frame.SampleKey;
import scala.Tuple2;

/**
 * Simulates the beginning of a range as a run would, sees how long it takes, and forgets what came
 * of it.
 */
public final class TimeTiles
    implements FlatMapFunction<Iterator<Tuple2<SampleKey, byte[]>>, TimeTiles.Measured> {
  private static final long serialVersionUID = 1L;

  /** Kernels are compiled meanwhile; the last interval counts. */
  private static final long NANOS = 1_000_000_000;

  private static final long FIRST_STEPS = 16;
  private static final long GROWTH = 4;

  private final Broadcast<TaskSpec> run;

  public TimeTiles(Broadcast<TaskSpec> run) {
    this.run = run;
  }

  /** What a task has seen. Of plain fields only, so that any of Spark's serializers carries it. */
  public static final class Measured implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    private int tileSize;
    private long fromStep;
    private long toStep;
    private long nanos;

    /** Samples of one kernel pass. */
    public int tileSize() {
      return tileSize;
    }

    /** The first of the steps that were timed. */
    public long fromStep() {
      return fromStep;
    }

    /** The step after the last of them. */
    public long toStep() {
      return toStep;
    }

    /** How long the range took from the one to the other. */
    public long nanos() {
      return nanos;
    }
  }

  /**
   * Simulates one range.
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
    RangeInput input = inputs.next();
    RangeRows rows = runtime.trials().rows(input);
    try (TileEngine engine = TileEngine.of(runtime, spec, 0);
        SelfCheck check = runtime.selfCheck(spec, null)) {
      RangeSegment.Tools tools =
          new RangeSegment.Tools(engine, check, new Halting(spec), () -> {}, unfit -> {});
      // Nobody reads what is recorded, so it does not matter which samples it is of.
      SampleRange range = new SampleRange(0, 1);
      Measured last = new Measured();
      last.tileSize = engine.tileSize();
      TileState state = null;
      long atOnce = Math.max(1, runtime.network().stepsAtOnce());
      long steps = FIRST_STEPS * atOnce;
      long begun = System.nanoTime();
      while (rows.size() > 0
          && last.toStep < spec.targetSteps()
          && System.nanoTime() - begun < NANOS) {
        last.fromStep = last.toStep;
        last.toStep = Math.min(spec.targetSteps(), last.fromStep + steps);
        long now = System.nanoTime();
        RangeSegment segment = new RangeSegment(range, last.fromStep, last.toStep, tools);
        state = segment.compute(rows, state, List.of());
        rows = segment.rows();
        segment.discard();
        last.nanos = System.nanoTime() - now;
        steps *= GROWTH;
      }
      return (last.nanos == 0 ? Stream.<Measured>empty() : Stream.of(last)).iterator();
    }
  }
}
