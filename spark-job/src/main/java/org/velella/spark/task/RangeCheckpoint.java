package org.velella.spark.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.checkpoint.CheckpointMismatchException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.DeviceCounts;
import org.velella.checkpoint.MemoryEntry;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.SampleRange;
import org.velella.module.MemoryScope;
import org.velella.simulate.TileState;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** A range's saved states: reads the one to go on from and adds later ones. */
final class RangeCheckpoint {
  private final CheckpointStore store;
  private final RunIdentity run;
  private final SortedMap<String, String> provenance;
  private RangeEntry chain;

  RangeCheckpoint(CheckpointStore store, RunIdentity run, RangeEntry chain) {
    this.store = store;
    this.run = run;
    this.chain = chain;
    provenance = new TreeMap<>();
  }

  SampleRange range() {
    return chain.range();
  }

  /** Steps that are done and saved. */
  long step() {
    return chain.step();
  }

  /** Where a range goes on: the state, and the rows that it holds. */
  record Start(TileState state, RangeRows rows) {}

  /**
   * The state to go on from, and its rows: those that the run's trials and input make, but for the
   * ones that have failed on the way here.
   *
   * @throws org.velella.checkpoint.CheckpointMismatchException if the checkpoint is of others
   */
  Start load(RangeRows all) throws IOException {
    RangeState saved = RangeFile.read(store, run, chain.current().orElseThrow());
    Tensor savedTrials = saved.accumulators().get(TaskSpec.TRIAL_ID);
    RangeRows rows =
        all.only(
            savedTrials == null ? new long[saved.samples()] : savedTrials.longs(),
            saved.sampleIds().longs());
    RowIds ids = rows.ids(0, rows.size());
    saved.requireSampleIds(ids.samples());
    Tensor trials = saved.accumulators().get(TaskSpec.TRIAL_ID);
    if (trials != null && !Arrays.equals(trials.longs(), ids.trials())) {
      throw new CheckpointMismatchException(
          "The checkpoint of range %s is of other trials than those of the sweep"
              .formatted(range()));
    }
    List<Boolean> shared =
        run.memories().stream().map(entry -> entry.scope() == MemoryScope.SHARED).toList();
    Map<String, Tensor> statistics = new LinkedHashMap<>(saved.accumulators());
    statistics.remove(TaskSpec.TRIAL_ID);
    TileState state =
        new TileState(saved.step(), ids.size(), saved.memoryList(), shared, statistics);
    return new Start(state, rows);
  }

  /**
   * Saves a later state; with it, what was recorded since the one before begins to count.
   *
   * @param backend that computed it
   * @param devices what its steps have used of devices
   */
  void save(
      TileState state, RowIds ids, List<Recording> recordings, String backend, DeviceCounts devices)
      throws IOException {
    provenance.put("backend", backend);
    Map<String, Tensor> memories = new LinkedHashMap<>();
    List<Tensor> tensors = new ArrayList<>(state.memories());
    for (int i = 0; i < tensors.size(); i++) {
      memories.put(run.memories().get(i).name(), tensors.get(i));
    }
    Map<String, Tensor> accumulators = new LinkedHashMap<>();
    Shape rows = Shape.of(ids.size());
    for (MemoryEntry entry : run.accumulators()) {
      accumulators.put(
          entry.name(),
          entry.name().equals(TaskSpec.TRIAL_ID)
              ? Tensor.of(rows, ids.trials())
              : state.statistics().get(entry.name()));
    }
    RangeState saved =
        new RangeState(
            chain.range(), state.step(), Tensor.of(rows, ids.samples()), memories, accumulators);
    chain = RangeFile.write(store, run, chain, saved, recordings, provenance, devices);
  }
}
