package org.velella.spark.task;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.spark.frame.ResultColumns;
import org.velella.spark.frame.ResultFileName;
import org.velella.spark.frame.RunTable;
import org.velella.spark.frame.TableFile;
import org.velella.spark.store.RunStores;
import org.velella.sweep.Trial;
import org.velella.tensor.Tensor;

/**
 * Writes one file of the results table out of the last checkpoint files of some ranges. The file's
 * name and bytes follow from those, so it does not matter how often it is written.
 */
public final class WriteResults implements Function<Integer, Long> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<TaskSpec> run;
  private final Broadcast<RangeHeads> finished;
  private final int[] begins;

  /**
   * @param finished all ranges of the run with their last files
   * @param begins the first range of each file, and after them the end of the last
   */
  public WriteResults(Broadcast<TaskSpec> run, Broadcast<RangeHeads> finished, int[] begins) {
    this.run = run;
    this.finished = finished;
    this.begins = begins.clone();
  }

  /** Writes the file of a number; gives the rows in it. */
  @Override
  public Long call(Integer file) throws IOException {
    TaskSpec spec = run.value();
    CheckpointStore store =
        RunStores.open(URI.create(spec.runDirectory()), spec.conf().toConfiguration());
    ExecutorRuntime runtime = ExecutorRuntime.of(spec);
    RunIdentity identity = runtime.identity();
    RangeHeads ranges = finished.value();
    int first = begins[file];
    int end = begins[file + 1];
    Path scratch = Files.createTempFile("velella-results", ".parquet");
    try {
      long rows = 0;
      try (TableFile table = TableFile.create(runtime.trials().columns(), scratch)) {
        for (int range = first; range < end; range++) {
          RangeState state =
              RangeFile.read(store, identity, ranges.start(range).current().orElseThrow());
          rows += write(state, range, runtime.trials(), table);
        }
      }
      String name =
          new ResultFileName(
                  spec.targetSteps(),
                  ranges.start(first).range().lo(),
                  ranges.start(end - 1).range().hi())
              .toString();
      publish(store, RunTable.RESULTS.directory() + "/" + name, scratch);
      return rows;
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private static void publish(CheckpointStore store, String path, Path scratch) throws IOException {
    try {
      store.createUnique(path, out -> Files.copy(scratch, out));
    } catch (FileAlreadyExistsException e) {
      // Another attempt has written the same rows.
    }
  }

  private static long write(RangeState state, int range, RunTrials trials, TableFile table)
      throws IOException {
    Map<Long, Trial> byId = new HashMap<>();
    trials.of(range).forEach(trial -> byId.put(trial.id(), trial));
    ResultColumns columns = trials.columns();
    Tensor ids = state.accumulators().get(TaskSpec.TRIAL_ID);
    Tensor counts = state.accumulators().get(TaskSpec.SPIKE_COUNTS);
    Tensor first = state.accumulators().get(TaskSpec.FIRST_SPIKE_STEP);
    for (int n = 0; n < state.samples(); n++) {
      int sample = n;
      Trial trial = byId.get(ids == null ? 0 : ids.longs()[n]);
      table.write(
          cells -> {
            cells.put(0, trial.id());
            cells.put(1, state.sampleIds().longs()[sample]);
            columns.trial(cells, trial.seed(), trial.numbers(), trial.texts());
            if (counts != null) {
              int width = counts.shape().dim(1);
              int from = sample * width;
              cells.put(columns.column(2), counts.ints(), from, from + width);
              cells.put(columns.column(3), first.ints(), from, from + width);
              int prediction = Prediction.of(counts.ints(), from, from + width);
              if (prediction >= 0) {
                cells.put(columns.column(4), prediction);
              }
            }
            cells.put(columns.column(5), state.step());
          });
    }
    return state.samples();
  }
}
