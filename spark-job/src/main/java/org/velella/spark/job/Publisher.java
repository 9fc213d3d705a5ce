package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.RecordingName;
import org.velella.checkpoint.StoreCalls;
import org.velella.spark.frame.ResultFileName;
import org.velella.spark.frame.RunTable;
import org.velella.spark.task.RangeHeads;
import org.velella.spark.task.WriteResults;

/**
 * Gives a complete run its tables: moves listed recordings from the attempts to where users look,
 * and writes the results. Every step can be repeated, so a driver that is lost in between does no
 * harm.
 */
final class Publisher {
  private final JavaSparkContext spark;
  private final RunDirectory directory;
  private final SentSpec sent;
  private final List<Integer> firstRanges;
  private final RunListener listener;

  /**
   * @param firstRanges ranges with which a file of results begins in any case, 0 first
   */
  Publisher(
      JavaSparkContext spark,
      RunDirectory directory,
      SentSpec sent,
      List<Integer> firstRanges,
      RunListener listener) {
    this.firstRanges = firstRanges;
    this.listener = listener;
    this.spark = spark;
    this.directory = directory;
    this.sent = sent;
  }

  /** Publishes all tables; gives the number of samples in the results. */
  long publish(Manifest manifest) throws IOException {
    CheckpointStore store = directory.store();
    RecordingPlaces places = new RecordingPlaces(store);
    Set<String> listed = new HashSet<>();
    List<Recording> recorded = new ArrayList<>();
    List<String> copied = new ArrayList<>();
    for (RangeEntry entry : manifest.ranges()) {
      for (Recording recording : entry.recordings()) {
        String to = recording.publishedFile();
        listed.add(to);
        if (!places.of(recording).orElse("").equals(to)) {
          recorded.add(recording);
        } else if (places.hasAttempt(recording)) {
          copied.add(recording.file());
        }
      }
    }
    StoreCalls.forEach(
        recorded, recording -> move(store, recording.file(), recording.publishedFile()));
    // Some stores move by copying, and a driver may have been lost in between.
    StoreCalls.forEach(copied, store::delete);
    withdraw(store, places, listed);
    long samples = writeResults(manifest);
    // Results of fewer steps go once those of the last step are all there.
    removeResults(name -> name.step() < sent.targetSteps());
    return samples;
  }

  /**
   * Moves back what was published and does not count any more, because its range has gone on from
   * an earlier step since: users read the whole folder. Older manifests may still list it, so it is
   * left to the collector.
   */
  private static void withdraw(CheckpointStore store, RecordingPlaces places, Set<String> listed)
      throws IOException {
    for (RunTable table : RunTable.recorded()) {
      String folder = table.directory() + "/";
      List<String> names =
          places.files(table.directory()).keySet().stream()
              .filter(name -> RecordingName.isName(name) && !listed.contains(folder + name))
              .toList();
      StoreCalls.forEach(
          names, name -> withdraw(store, folder + name, table.attempts() + "/" + name));
    }
  }

  private static void withdraw(CheckpointStore store, String published, String to)
      throws IOException {
    try {
      store.rename(published, to);
    } catch (FileAlreadyExistsException e) {
      store.delete(published);
    } catch (FileNotFoundException e) {
      // Another driver has moved it back.
    }
  }

  private static void move(CheckpointStore store, String from, String to) throws IOException {
    try {
      store.rename(from, to);
    } catch (FileNotFoundException | FileAlreadyExistsException e) {
      // Another driver may have moved it meanwhile; only a file in neither place is lost.
      if (!store.exists(to)) {
        throw new CheckpointCorruptException(
            "%s in %s is lost; the same command goes on from the state before it"
                .formatted(from, store.location()),
            e);
      }
    }
  }

  private long writeResults(Manifest manifest) throws IOException {
    List<RangeEntry> all = manifest.allRanges();
    int[] begins = ResultDivision.begins(firstRanges, all.size(), manifest.rangeSize());
    List<ResultFileName> names = names(all, begins);
    Set<ResultFileName> wanted = new HashSet<>(names);
    removeResults(name -> name.step() == sent.targetSteps() && !wanted.contains(name));
    Broadcast<RangeHeads> heads = spark.broadcast(RangeHeads.of(all));
    try {
      WriteResults task = new WriteResults(sent.get(), heads, begins);
      List<long[]> written = write(IntStream.range(0, names.size()).boxed().toList(), task);
      long replaced = written.stream().mapToLong(file -> file[1]).sum();
      if (replaced > 0) {
        // A copy of a task may have been stopped after it had removed what the other one wrote.
        write(missing(names), task);
        listener.message(
            "%d files of the results did not hold what the saved states give, and were written again"
                .formatted(replaced));
      }
      return written.stream().mapToLong(file -> file[0]).sum();
    } finally {
      Broadcasts.destroy(heads);
    }
  }

  private List<long[]> write(List<Integer> numbers, WriteResults task) {
    return numbers.isEmpty()
        ? List.of()
        : ended(
            spark.parallelize(new ArrayList<>(numbers), numbers.size()).map(task).collectAsync());
  }

  /** What a job gives; if this thread is interrupted meanwhile, nobody needs it. */
  private List<long[]> ended(JavaFutureAction<List<long[]>> job) {
    try {
      return job.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Interruption.failure(e);
    } catch (ExecutionException e) {
      RuntimeException failure = JobFailure.of(e.getCause());
      if (!(failure instanceof RunFailedException)) {
        throw failure;
      }
      throw new RunFailedException(
          "Writing the results of %s failed; all states are saved, and the same command goes on from there: %s"
              .formatted(directory.location(), JobFailure.firstLine(e.getCause())),
          e.getCause());
    } finally {
      job.cancel(true);
    }
  }

  /**
   * The files of results of the last step; others are divided in another way, as they were once.
   */
  private List<ResultFileName> names(List<RangeEntry> ranges, int[] begins) {
    List<ResultFileName> names = new ArrayList<>();
    for (int file = 0; file + 1 < begins.length; file++) {
      long lo = ranges.get(begins[file]).range().lo();
      long hi = ranges.get(begins[file + 1] - 1).range().hi();
      names.add(new ResultFileName(sent.targetSteps(), lo, hi));
    }
    return names;
  }

  /** The places of files that are not there. */
  private List<Integer> missing(List<ResultFileName> names) throws IOException {
    Set<String> there = new HashSet<>();
    directory.store().list(RunTable.RESULTS.directory()).forEach(file -> there.add(file.name()));
    return IntStream.range(0, names.size())
        .filter(file -> !there.contains(names.get(file).toString()))
        .boxed()
        .toList();
  }

  private void removeResults(Predicate<ResultFileName> superseded) throws IOException {
    CheckpointStore store = directory.store();
    for (CheckpointStore.StoredFile file : store.list(RunTable.RESULTS.directory())) {
      if (ResultFileName.parse(file.name()).filter(superseded).isPresent()) {
        store.delete(RunTable.RESULTS.directory() + "/" + file.name());
      }
    }
  }
}
