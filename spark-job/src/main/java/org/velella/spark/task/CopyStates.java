package org.velella.spark.task;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.spark.frame.RunTable;
import org.velella.spark.store.RunStores;

/**
 * Brings the states of one run's ranges into another run, as the beginnings of their chains there.
 * They count once a manifest of that run lists them.
 */
public final class CopyStates implements FlatMapFunction<Iterator<Integer>, String[]> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<TaskSpec> from;
  private final Broadcast<TaskSpec> to;
  private final Broadcast<RangeHeads> heads;
  private final String[][] failures;

  /**
   * @param heads all ranges of the run to copy from
   * @param failures for each range, the files in which its failed samples stand
   */
  public CopyStates(
      Broadcast<TaskSpec> from,
      Broadcast<TaskSpec> to,
      Broadcast<RangeHeads> heads,
      String[][] failures) {
    this.from = from;
    this.to = to;
    this.heads = heads;
    this.failures = failures;
  }

  /** Copies ranges by their numbers; gives for each what {@link #reference} reads. */
  @Override
  public Iterator<String[]> call(Iterator<Integer> ranges) throws IOException {
    TaskSpec source = from.value();
    CheckpointStore sourceStore = store(source);
    CheckpointStore targetStore = store(to.value());
    RunIdentity sourceRun = source.identity(source.network());
    RunIdentity targetRun = to.value().identity(to.value().network());
    TreeMap<String, String> provenance = new TreeMap<>();
    provenance.put("branched_from", source.runDirectory());
    List<String[]> copied = new ArrayList<>();
    while (ranges.hasNext()) {
      int range = ranges.next();
      RangeFileRef file = heads.value().start(range).current().orElseThrow();
      RangeState state = RangeFile.read(sourceStore, sourceRun, file);
      for (String failed : failures[range]) {
        copy(sourceStore, targetStore, failed);
      }
      RangeEntry entry = RangeFile.writeRoot(targetStore, targetRun, state, provenance);
      copied.add(text(range, entry.current().orElseThrow()));
    }
    return copied.iterator();
  }

  private static CheckpointStore store(TaskSpec spec) throws IOException {
    return RunStores.open(URI.create(spec.runDirectory()), spec.conf().toConfiguration());
  }

  /** A file of an attempt, which may have been published meanwhile, under its name as attempt. */
  private static void copy(CheckpointStore from, CheckpointStore to, String path)
      throws IOException {
    String published = RunTable.FAILURES.directory() + path.substring(path.lastIndexOf('/'));
    try (CheckpointStore.StoredInput input = open(from, path, published)) {
      to.createUnique(path, out -> input.stream().transferTo(out));
    } catch (FileAlreadyExistsException e) {
      // An attempt before this one has copied it.
    }
  }

  private static CheckpointStore.StoredInput open(CheckpointStore from, String one, String other)
      throws IOException {
    try {
      return from.open(one);
    } catch (FileNotFoundException e) {
      return from.open(other);
    }
  }

  private static String[] text(int range, RangeFileRef file) {
    return new String[] {
      "" + range, file.file(), "" + file.step(), "" + file.bytes(), file.crc32c(), file.shared()
    };
  }

  /** The number of the range that a result is of. */
  public static int range(String[] result) {
    return Integer.parseInt(result[0]);
  }

  /** The new file that a result is of. */
  public static RangeFileRef reference(String[] result) {
    return new RangeFileRef(
        result[1], Long.parseLong(result[2]), Long.parseLong(result[3]), result[4], result[5]);
  }
}
