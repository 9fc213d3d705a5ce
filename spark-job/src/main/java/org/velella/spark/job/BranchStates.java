package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.SampleRange;
import org.velella.spark.frame.RunTable;
import org.velella.spark.task.CopyStates;
import org.velella.spark.task.TaskSpec;
import scala.Tuple2;

/** Brings the states of a run, as they were at one step, into a branch that has none yet. */
final class BranchStates {
  private final SparkSession session;
  private final Continuation source;
  private final Continuation branch;
  private final RunListener listener;

  BranchStates(
      SparkSession session, Continuation source, Continuation branch, RunListener listener) {
    this.session = session;
    this.source = source;
    this.branch = branch;
    this.listener = listener;
  }

  /**
   * Copies the states and commits them as the branch's first checkpoint.
   *
   * @param point where the branch leaves the run
   * @param steps that the branch goes to
   * @param wanted the ranges whose states are brought; others have none in the branch
   * @throws CheckpointCorruptException if the run does not have them any more
   */
  void commit(RunSpec.Branch point, long steps, Manner manner, Predicate<SampleRange> wanted)
      throws IOException {
    Manifest manifest = manifest(point.step(), wanted);
    TaskSpec target = branch.tasks().steps(steps, 0).backend(manner.backend()).build();
    List<RangeEntry> ranges =
        manifest.allRanges().stream()
            .filter(range -> wanted.test(range.range()))
            .map(range -> at(range, point.step()).orElseThrow())
            .toList();
    RangeEntry[] copied = new RangeEntry[ranges.size()];
    for (String[] result : copy(ranges, target, manner)) {
      RangeEntry range = ranges.get(CopyStates.range(result));
      copied[CopyStates.range(result)] =
          RangeEntry.fresh(range.range()).append(CopyStates.reference(result), range.recordings());
    }
    SortedMap<String, String> writer = new TreeMap<>();
    writer.put("application", session.sparkContext().applicationId());
    writer.put(Manifest.ATTEMPT, UUID.randomUUID().toString());
    new ManifestLog(branch.directory().store())
        .commit(
            new Manifest(
                1,
                Manifest.Parent.NONE,
                target.identity(branch.network()),
                manifest.samples(),
                steps,
                manifest.rangeSize(),
                writer,
                List.of(copied)));
    listener.message(
        "%s has left %s at step %d".formatted(branch.location(), source.location(), point.step()));
  }

  /**
   * A manifest that has the wanted ranges at the step where the branch leaves, whatever the run has
   * done since: the newest one, because a state that was damaged may have been saved again, with
   * the same bits.
   */
  private Manifest manifest(long step, Predicate<SampleRange> wanted) throws IOException {
    ManifestLog log = new ManifestLog(source.directory().store());
    long samples = branch.index().samples();
    long newest = log.latest().map(head -> head.manifest().version()).orElse(0L);
    for (long version = newest; version > 0; version--) {
      try {
        Manifest manifest = log.manifest(version);
        if (manifest.samples() == samples
            && manifest.allRanges().stream()
                .allMatch(range -> !wanted.test(range.range()) || at(range, step).isPresent())) {
          return manifest;
        }
      } catch (FileNotFoundException e) {
        // Collected, as are those before it.
        break;
      } catch (CheckpointCorruptException e) {
        listener.message(e.getMessage());
      }
    }
    throw new CheckpointCorruptException(
        "%s has no manifest any more with all samples at step %d, from which %s branches off; give another --output"
            .formatted(source.location(), step, branch.location()));
  }

  /**
   * What a branch takes along of a range at a step: its state, and which samples had failed before
   * that.
   */
  private static Optional<RangeEntry> at(RangeEntry range, long step) {
    List<Recording> failures =
        range.recordings().stream()
            .filter(recording -> recording.kind().equals(RunTable.FAILURES.text()))
            .filter(recording -> recording.toStep() <= step)
            .toList();
    return range.files().stream()
        .filter(file -> file.step() == step)
        .findFirst()
        .map(file -> new RangeEntry(range.range(), List.of(file), failures));
  }

  private List<String[]> copy(List<RangeEntry> ranges, TaskSpec target, Manner manner) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    int partitions =
        RangeSizing.partitions(
            manner.partitions(), ranges.size(), Cluster.of(session.sparkContext()).cores());
    try {
      TaskSpec origin = source.tasks().steps(1, 0).backend(manner.backend()).build();
      Broadcast<TaskSpec> out = spark.broadcast(origin);
      Broadcast<TaskSpec> into = spark.broadcast(target);
      List<Tuple2<Integer, byte[]>> numbered = new ArrayList<>();
      for (RangeEntry range : ranges) {
        numbered.add(new Tuple2<>(numbered.size(), range.bytes()));
      }
      try {
        JavaFutureAction<List<String[]>> job =
            spark
                .parallelize(numbered, partitions)
                .mapPartitions(new CopyStates(out, into))
                .collectAsync();
        try {
          return job.get();
        } finally {
          job.cancel(true);
        }
      } finally {
        Broadcasts.destroy(out);
        Broadcasts.destroy(into);
      }
    } catch (ExecutionException e) {
      throw JobFailure.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFailedException("Interrupted; the same command goes on from there", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the run in " + source.location(), e);
    }
  }
}
