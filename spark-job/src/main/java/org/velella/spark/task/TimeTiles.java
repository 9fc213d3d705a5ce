package org.velella.spark.task;

import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
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
   * Simulates the beginning of a tile of one range, again and again if it is short.
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
      int size = Math.min(all.size(), engine.tileSize());
      Set<Integer> unfit = new HashSet<>();
      Looks looks =
          new Looks(
              new RangeSegment.Tools(
                  engine,
                  check,
                  halting,
                  Pieces.NONE,
                  () -> {},
                  failures -> unfit.addAll(failures.keySet())),
              all.select(IntStream.range(0, size).toArray()),
              unfit,
              spec.targetSteps());
      long atOnce = Math.max(1, runtime.network().stepsAtOnce());
      long fitting = mostSteps(runtime.scratchRoom(spec).bytesOfAStep(size), atOnce);
      long most = Math.max(atOnce, Math.min(fitting, spec.targetSteps()));
      return Stream.ofNullable(looks.steady(atOnce, most)).iterator();
    }
  }

  /** Looks at a tile, one after the other. */
  private static final class Looks {
    /** Nobody reads what is recorded, so it does not matter which samples it is of. */
    private static final SampleRange RANGE = new SampleRange(0, 1);

    private final RangeSegment.Tools tools;

    /** Places of rows that the tools have found not to fit. */
    private final Set<Integer> unfit;

    private final long target;
    private RangeRows tile;
    private RangeRows rows;
    private TileState state;
    private long done;

    Looks(RangeSegment.Tools tools, RangeRows tile, Set<Integer> unfit, long target) {
      this.tools = tools;
      this.tile = tile;
      this.unfit = unfit;
      this.target = target;
    }

    /**
     * The pace once it gets no faster; null if no row has a step. The first look makes classes and
     * kernels, so it does not count.
     *
     * @param atLeast steps of a look
     * @param atMost steps of a look
     */
    Measured steady(long atLeast, long atMost) throws IOException {
      restart();
      if (look(atLeast) == null) {
        return null;
      }
      SteadyPace pace = new SteadyPace();
      long steps = atLeast;
      while (!pace.isFound()) {
        Measured next = look(steps);
        if (next == null) {
          // Short runs begin again, with kernels that are compiled by then.
          restart();
          next = look(steps);
        }
        if (next == null) {
          // No row fits any more.
          return null;
        }
        pace.add(next.sampleSteps(), next.nanos());
        steps = next.nanos() < SteadyPace.WINDOW_NANOS ? grown(steps, atLeast, atMost) : steps;
      }
      return new Measured(tools.engine().tileSize(), pace.work(), pace.nanos());
    }

    private void restart() {
      rows = tile;
      state = null;
      done = 0;
    }

    /**
     * The next look; null if no row has a step any more. Where rows turn out not to fit, it begins
     * again without them: finding them took its time, too.
     */
    private Measured look(long steps) throws IOException {
      while (true) {
        RangeRows running = rows.select(tools.halting().running(rows, state, done));
        if (done == target || running.size() == 0) {
          return null;
        }
        long to = Math.min(target, done + steps);
        long now = System.nanoTime();
        RangeSegment segment = new RangeSegment(RANGE, done, to, tools);
        state = segment.compute(rows, state, List.of());
        rows = segment.rows();
        segment.discard();
        if (unfit.isEmpty()) {
          double timed = running.sampleSteps(done, to);
          done = to;
          return new Measured(tools.engine().tileSize(), timed, System.nanoTime() - now);
        }
        RangeRows all = tile;
        tile =
            all.select(
                IntStream.range(0, all.size())
                    .filter(row -> !unfit.contains(all.place(row)))
                    .toArray());
        unfit.clear();
        restart();
      }
    }
  }

  /**
   * Steps of the look after one that was short: more, but not beyond the most.
   *
   * @param atOnce how many steps the network takes at a time, of which they stay a multiple
   */
  static long grown(long steps, long atOnce, long most) {
    return steps > most / GROWTH ? Math.max(1, most / atOnce) * atOnce : steps * GROWTH;
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
