package org.velella.spark.task;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.RecordingFile;
import org.velella.checkpoint.RunIdentity;
import org.velella.spark.store.RunStores;
import scala.Tuple2;

/**
 * Brings the states of one run's ranges into another run, as the beginnings of their chains there.
 * They count once a manifest of that run lists them.
 */
public final class CopyStates
    implements FlatMapFunction<Iterator<Tuple2<Integer, byte[]>>, String[]> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<TaskSpec> from;
  private final Broadcast<TaskSpec> to;

  public CopyStates(Broadcast<TaskSpec> from, Broadcast<TaskSpec> to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Copies ranges, given by their numbers and as {@link RangeEntry#bytes} has them, with their
   * recordings; gives for each what {@link #reference} reads.
   *
   * @throws CheckpointCorruptException if a state or a recording is missing or damaged
   */
  @Override
  public Iterator<String[]> call(Iterator<Tuple2<Integer, byte[]>> ranges) throws IOException {
    TaskSpec source = from.value();
    CheckpointStore sourceStore = store(source);
    CheckpointStore targetStore = store(to.value());
    RunIdentity sourceRun = source.identity(source.network());
    RunIdentity targetRun = to.value().identity(to.value().network());
    TreeMap<String, String> provenance = new TreeMap<>();
    provenance.put("branched_from", source.runDirectory());
    List<String[]> copied = new ArrayList<>();
    while (ranges.hasNext()) {
      Tuple2<Integer, byte[]> next = ranges.next();
      RangeEntry range = RangeEntry.of(next._2());
      RangeState state = RangeFile.read(sourceStore, sourceRun, range.current().orElseThrow());
      for (Recording failures : range.recordings()) {
        copy(sourceStore, targetStore, failures);
      }
      RangeEntry entry = RangeFile.writeRoot(targetStore, targetRun, state, provenance);
      copied.add(text(next._1(), entry.current().orElseThrow()));
    }
    return copied.iterator();
  }

  private static CheckpointStore store(TaskSpec spec) throws IOException {
    return RunStores.open(URI.create(spec.runDirectory()), spec.conf().toConfiguration());
  }

  /** A file of an attempt, which may have been published meanwhile, under its name as attempt. */
  private static void copy(CheckpointStore from, CheckpointStore to, Recording recording)
      throws IOException {
    try {
      RecordingFile.verify(from, recording);
    } catch (CheckpointCorruptException e) {
      throw new CheckpointCorruptException(
          "%s; restore it from a copy, or resume that run, which falls back to the range's previous state"
              .formatted(e.getMessage()),
          e);
    }
    try (CheckpointStore.StoredInput input = RecordingFile.open(from, recording)) {
      to.createUnique(recording.file(), out -> input.stream().transferTo(out));
    } catch (FileAlreadyExistsException e) {
      // An attempt before this one has copied it.
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
