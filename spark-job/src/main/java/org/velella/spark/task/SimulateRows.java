package org.velella.spark.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import org.velella.checkpoint.SampleRange;
import org.velella.simulate.SpikeMetrics;
import org.velella.simulate.StopRule;
import org.velella.simulate.TileState;
import org.velella.spark.frame.BadSampleException;
import org.velella.spark.frame.SampleInput;
import org.velella.spark.frame.SampleTable;
import org.velella.tensor.Tensor;

/**
 * Simulates the samples of a table where its rows are, tile by tile, and gives each row its result.
 * Nothing is saved; a row depends on nothing but itself, so that it does not matter which task has
 * it.
 */
public final class SimulateRows implements MapPartitionsFunction<Row, Row> {
  private static final StructType RESULT =
      StructType.fromDDL(
          "spike_counts ARRAY<INT>, first_spike_step ARRAY<INT>, prediction INT, steps BIGINT,"
              + " rate DOUBLE, failure STRING");

  private static final long serialVersionUID = 1L;

  private final Broadcast<TaskSpec> run;
  private final SampleTable table;

  public SimulateRows(Broadcast<TaskSpec> run, SampleTable table) {
    this.run = run;
    this.table = table;
  }

  /**
   * The table of samples of a schema, whose other columns can stand beside the results.
   *
   * @param name for messages
   * @throws org.velella.spark.frame.InputException if it cannot be such a table
   */
  public static SampleTable table(StructType schema, String name) {
    return SampleTable.of(schema, name, Set.of(RESULT.fieldNames()));
  }

  /** The columns that rows come out with. */
  public static StructType schema(SampleTable table) {
    StructType all = new StructType().add("sample_id", DataTypes.LongType);
    for (StructField field : table.others().fields()) {
      all = all.add(field);
    }
    for (StructField field : RESULT.fields()) {
      all = all.add(field);
    }
    return all;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    TaskSpec spec = run.value();
    ExecutorRuntime runtime = ExecutorRuntime.of(spec);
    TaskContext task = TaskContext.get();
    TileEngine engine = TileEngine.of(runtime, spec, RangeStarts.lostBefore(task));
    task.addTaskCompletionListener((TaskCompletionListener) ended -> engine.close());
    return new Iterator<>() {
      private Iterator<Row> done = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        return done.hasNext() || rows.hasNext();
      }

      @Override
      public Row next() {
        if (!done.hasNext()) {
          List<Row> tile = new ArrayList<>();
          do {
            tile.add(rows.next());
          } while (tile.size() < engine.tileSize() && rows.hasNext());
          done = new Tile(spec, runtime, engine, task).results(tile).iterator();
        }
        return done.next();
      }
    };
  }

  /** Rows that are simulated together. */
  private final class Tile {
    private final TaskSpec spec;
    private final ExecutorRuntime runtime;
    private final TileEngine engine;
    private final TaskContext task;
    private final List<SampleInput> samples = new ArrayList<>();

    /** By the place among the samples, as ids may come again. */
    private final Map<Integer, String> unfit = new HashMap<>();

    Tile(TaskSpec spec, ExecutorRuntime runtime, TileEngine engine, TaskContext task) {
      this.spec = spec;
      this.runtime = runtime;
      this.engine = engine;
      this.task = task;
    }

    List<Row> results(List<Row> rows) {
      String[] failures = new String[rows.size()];
      int[] places = new int[rows.size()];
      for (int i = 0; i < failures.length; i++) {
        try {
          places[i] = samples.size();
          samples.add(table.input(rows.get(i), runtime.network().inputSize(), spec.targetSteps()));
        } catch (BadSampleException e) {
          failures[i] = text(e.reason().text(), e.detail());
        }
      }
      Object[][] computed = computed();
      List<Row> results = new ArrayList<>();
      for (int i = 0; i < failures.length; i++) {
        Object[] result = failures[i] == null ? computed[places[i]] : failed(failures[i]);
        results.add(joined(rows.get(i), result));
      }
      return results;
    }

    /** What came of each of the samples. */
    private Object[][] computed() {
      Object[][] results = new Object[samples.size()][];
      if (samples.isEmpty()) {
        return results;
      }
      try {
        RangeSegment.Tools tools =
            new RangeSegment.Tools(
                engine,
                runtime.selfCheck(spec, null),
                new Halting(spec),
                Pieces.NONE,
                this::requireWanted,
                this::note);
        SampleRange all = new SampleRange(0, samples.size());
        RangeSegment segment = new RangeSegment(all, 0, spec.targetSteps(), tools);
        RangeRows rows = runtime.trials().rows(new RangeInput(0, samples, List.of()));
        TileState state = segment.compute(rows, null, List.of());
        segment.discard();
        for (int row = 0; row < segment.rows().size(); row++) {
          results[segment.rows().place(row)] = result(state, row);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      for (int place = 0; place < results.length; place++) {
        if (results[place] == null) {
          results[place] = failed(unfit.get(place));
        }
      }
      return results;
    }

    private void note(Map<Integer, RangeInput.Failure> failures) {
      failures.forEach(
          (place, failure) -> unfit.put(place, text(failure.reason().text(), failure.detail())));
    }

    private void requireWanted() {
      if (task.isInterrupted()) {
        throw new TaskKilledException("while it simulated");
      }
    }

    private Object[] result(TileState state, int row) {
      Tensor stopped = state.statistics().get(StopRule.STOPPED_STEP);
      int at = stopped == null ? -1 : stopped.ints()[row];
      long steps = at < 0 ? state.step() : at;
      if (state.spikeCounts() == null) {
        return new Object[] {null, null, null, steps, null, null};
      }
      int[] counts = state.spikeCounts().rows(row, row + 1).ints();
      int[] first = state.firstSpikeStep().rows(row, row + 1).ints();
      int prediction = Prediction.of(counts, 0, counts.length);
      long spikes = 0;
      for (int count : counts) {
        spikes += count;
      }
      double rate = SpikeMetrics.rate(spikes, counts.length, steps * spec.dt());
      return new Object[] {counts, first, prediction < 0 ? null : prediction, steps, rate, null};
    }
  }

  private static Object[] failed(String why) {
    return new Object[] {null, null, null, null, null, why};
  }

  private static String text(String reason, String detail) {
    return reason + ": " + detail;
  }

  private Row joined(Row row, Object[] result) {
    List<Object> values = new ArrayList<>();
    values.add(row.get(0));
    values.addAll(table.others(row));
    values.addAll(Arrays.asList(result));
    return RowFactory.create(values.toArray());
  }
}
