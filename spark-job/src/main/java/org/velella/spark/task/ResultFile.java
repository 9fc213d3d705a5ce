package org.velella.spark.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.ResultColumns;
import org.velella.spark.frame.TableFile;
import org.velella.sweep.Trial;
import org.velella.sweep.Trials;
import org.velella.tensor.Tensor;

/**
 * Makes files of the results out of saved states. Equal states give equal rows, so results that are
 * lost or changed can be noticed, and made again.
 */
public final class ResultFile {
  private final CheckpointStore store;
  private final RunIdentity run;
  private final RangeTrials trials;

  public ResultFile(CheckpointStore store, RunIdentity run, RangeTrials trials) {
    this.store = store;
    this.run = run;
    this.trials = trials;
  }

  /**
   * Writes one file.
   *
   * @param first the number of the first range
   * @param states of the ranges from there on
   * @param file is replaced
   * @return the rows in it
   * @throws org.velella.checkpoint.CheckpointException if a state cannot be used
   */
  public long make(int first, List<RangeFileRef> states, Path file) throws IOException {
    long rows = 0;
    try (TableFile table = TableFile.create(trials.columns(), file)) {
      for (int i = 0; i < states.size(); i++) {
        rows += write(RangeFile.read(store, run, states.get(i)), first + i, table);
      }
    }
    return rows;
  }

  private long write(RangeState state, int range, TableFile table) throws IOException {
    List<Trial> all = trials.of(range);
    int at = 0;
    ResultColumns columns = trials.columns();
    Tensor ids = state.accumulators().get(TaskSpec.TRIAL_ID);
    Tensor counts = state.accumulators().get(OutputMetrics.SPIKE_COUNTS);
    Tensor first = state.accumulators().get(OutputMetrics.FIRST_SPIKE_STEP);
    for (int n = 0; n < state.samples(); n++) {
      int sample = n;
      long id = ids == null ? 0 : ids.longs()[n];
      at = place(all, id, at);
      if (at < 0) {
        throw new IOException(
            "range %s has saved trial %d, which is none of its trials in _run/trials; restore that file from a copy"
                .formatted(state.range(), id));
      }
      Trial trial = all.get(at);
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
            long steps = steps(state, sample, trial);
            cells.put(columns.column(5), steps);
            columns.metrics(cells, state.accumulators(), sample, steps, run.dt());
          });
    }
    return state.samples();
  }

  /** Where a trial is, looked for from a place on and then before it; -1 if it is not there. */
  private static int place(List<Trial> trials, long id, int from) {
    for (int i = 0; i < trials.size(); i++) {
      int at = (from + i) % trials.size();
      // Rows are in the order of the trials, so it is mostly the first.
      if (trials.get(at).id() == id) {
        return at;
      }
    }
    return -1;
  }

  /** What a row has run, which may end before the others: by its trial's steps, or by a rule. */
  private static long steps(RangeState state, int row, Trial trial) {
    Double own = trial.numbers().get(Trials.STEPS);
    long steps = own == null ? state.step() : Math.min(state.step(), own.longValue());
    Tensor stopped = state.accumulators().get(StopRule.STOPPED_STEP);
    int at = stopped == null ? -1 : stopped.ints()[row];
    return at < 0 ? steps : Math.min(steps, at);
  }
}
