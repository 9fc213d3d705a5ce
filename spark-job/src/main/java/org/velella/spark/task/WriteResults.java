package org.velella.spark.task;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RangeFileRef;
import org.velella.spark.frame.ResultFileName;
import org.velella.spark.frame.RunTable;
import org.velella.spark.frame.TableCheck;
import org.velella.spark.store.RunStores;

/**
 * Writes one file of the results table out of the last checkpoint files of some ranges. The file's
 * name and bytes follow from those, so it does not matter how often it is written. A file that is
 * there already stays if it holds the same rows, and is replaced otherwise.
 */
public final class WriteResults implements Function<Integer, long[]> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(WriteResults.class);

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

  /** Writes the file of a number; gives the rows in it, and 1 if another was in its place. */
  @Override
  public long[] call(Integer file) throws IOException {
    TaskSpec spec = run.value();
    CheckpointStore store =
        RunStores.open(URI.create(spec.runDirectory()), spec.conf().toConfiguration());
    ExecutorRuntime runtime = ExecutorRuntime.of(spec);
    RangeHeads ranges = finished.value();
    int first = begins[file];
    int end = begins[file + 1];
    List<RangeFileRef> states = new ArrayList<>();
    for (int range = first; range < end; range++) {
      states.add(ranges.start(range).current().orElseThrow());
    }
    String name =
        new ResultFileName(
                spec.targetSteps(),
                ranges.start(first).range().lo(),
                ranges.start(end - 1).range().hi())
            .toString();
    Path scratch = Scratch.file("velella-results", ".parquet");
    try {
      long rows =
          new ResultFile(store, runtime.identity(), runtime.trials().ofRanges())
              .make(first, states, scratch);
      boolean replaced = publish(store, RunTable.RESULTS.directory() + "/" + name, scratch, spec);
      return new long[] {rows, replaced ? 1 : 0};
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  /** Whether there was a file of that name with something else in it. */
  private static boolean publish(CheckpointStore store, String path, Path scratch, TaskSpec spec)
      throws IOException {
    boolean replaced = false;
    if (store.exists(path)) {
      org.apache.hadoop.fs.Path there =
          new org.apache.hadoop.fs.Path(
              new org.apache.hadoop.fs.Path(URI.create(spec.runDirectory())), path);
      if (TableCheck.isSame(there, scratch, spec.conf().toConfiguration())) {
        return false;
      }
      LOG.warn("{} does not hold what the saved states give; it is written again", path);
      replaced = store.delete(path);
    }
    try {
      store.createUnique(path, out -> Files.copy(scratch, out));
    } catch (FileAlreadyExistsException e) {
      // Another attempt has written the same rows.
    }
    return replaced;
  }
}
