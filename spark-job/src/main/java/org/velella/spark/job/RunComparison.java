package org.velella.spark.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.RecordingFile;
import org.velella.checkpoint.SampleRange;
import org.velella.spark.frame.ResultFileName;
import org.velella.spark.frame.RunTable;

/** Compares what a run has saved of a part with what came of simulating the part again. */
final class RunComparison {
  private final SparkSession spark;
  private final Side recorded;
  private final Side again;
  private final ReproducedPart part;

  private final List<String> differences = new ArrayList<>();
  private long samples;

  /**
   * A run as a manifest has it.
   *
   * @param directory where it is
   */
  record Side(RunDirectory directory, Manifest manifest) {
    private RangeState state(RangeEntry entry) throws IOException {
      return RangeFile.read(directory.store(), manifest.run(), entry.current().orElseThrow());
    }
  }

  RunComparison(SparkSession spark, Side recorded, Side again, ReproducedPart part) {
    this.spark = spark;
    this.recorded = recorded;
    this.again = again;
    this.part = part;
  }

  /** The first differences that were found so far. */
  List<String> differences() {
    return List.copyOf(differences);
  }

  /** Samples whose states were compared, of all trials. */
  long samples() {
    return samples;
  }

  /** Compares final memories, spike counts and first spikes, until some are different. */
  void states() throws IOException {
    for (ReproducedPart.Pair pair : part.pairs()) {
      RangeState was = recorded.state(pair.recorded());
      RangeState is = again.state(again.manifest().entry(pair.again()));
      samples += is.samples();
      Optional<String> difference =
          StateComparison.difference(recorded.manifest().run(), was, is, part.trials());
      if (difference.isPresent()) {
        differences.add(difference.get());
        return;
      }
    }
  }

  /** Compares published results of the ranges with their saved states. */
  void results() throws IOException {
    ResultVerification results =
        new ResultVerification(
            recorded.directory(),
            spark.sparkContext().hadoopConfiguration(),
            recorded.manifest(),
            new RecordingPlaces(recorded.directory().store()));
    Set<SampleRange> ranges = part.recordedRanges();
    for (ResultFileName file : results.files()) {
      boolean concerned =
          ranges.stream().anyMatch(range -> range.lo() < file.hi() && file.lo() < range.hi());
      String problem = concerned ? results.problem(file) : null;
      if (problem != null) {
        differences.add(problem);
        return;
      }
    }
    if (part.isAll()) {
      results.gaps().stream().findFirst().ifPresent(differences::add);
    }
  }

  /**
   * Compares spikes and traces, but for those of samples that have failed, then or now: what is
   * recorded of these may end anywhere.
   *
   * @param record what is recorded
   * @param ofSweep whether the run is a sweep
   * @throws CheckpointCorruptException if it fails at a recording that is damaged or lost
   * @throws RunFailedException if it fails although the recording that it fails at is sound
   */
  Reproduction.Recorded recordings(String record, boolean ofSweep) {
    try {
      return compared(record, new RecordingComparison(ofSweep));
    } catch (Exception e) {
      Interruption.requireNone(e);
      // Spark's exceptions are checked in Scala only.
      requireSound(e);
      throw new RunFailedException(
          "Cannot compare what %s has recorded: %s; velella inspect --verify tells whether a file is damaged, and --without-recordings compares everything else"
              .formatted(recorded.directory().location(), JobFailure.firstLine(e)),
          e);
    }
  }

  /** Whoever fails at a file names it. */
  private void requireSound(Exception failure) {
    StringBuilder messages = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      messages.append(cause.getMessage()).append('\n');
    }
    for (RangeEntry entry : recorded.manifest().allRanges()) {
      for (Recording recording : entry.recordings()) {
        String path = recording.publishedFile();
        if (messages.indexOf(path.substring(path.lastIndexOf('/') + 1)) >= 0) {
          requireSound(recording, failure);
        }
      }
    }
  }

  private void requireSound(Recording recording, Exception failure) {
    try {
      RecordingFile.verify(recorded.directory().store(), recording);
    } catch (CheckpointCorruptException e) {
      e.addSuppressed(failure);
      throw new CheckpointCorruptException(
          e.getMessage() + "; restore it from a copy, or compare --without-recordings", e);
    } catch (IOException e) {
      // Storage that cannot be reached is no damage.
      failure.addSuppressed(e);
    }
  }

  private Reproduction.Recorded compared(String record, RecordingComparison comparison) {
    Dataset<Row> failures = was(RunTable.FAILURES).union(is(RunTable.FAILURES));
    RecordingComparison.Found spikes =
        comparison.spikes(
            RecordingComparison.without(failures, was(RunTable.SPIKES)),
            RecordingComparison.without(failures, is(RunTable.SPIKES)));
    RecordingComparison.Found traces =
        comparison.traces(
            RecordingComparison.without(failures, was(RunTable.TRACES)),
            RecordingComparison.without(failures, is(RunTable.TRACES)));
    differences.addAll(spikes.first());
    differences.addAll(traces.first());
    return new Reproduction.Recorded(
        record, true, spikes.rows(), traces.rows(), spikes.differences() + traces.differences());
  }

  private Dataset<Row> was(RunTable table) {
    Dataset<Row> rows = rows(recorded, table, part.recordedRanges());
    return part.trials().isEmpty()
        ? rows
        : rows.where(functions.col("trial_id").isInCollection(part.trials()));
  }

  private Dataset<Row> is(RunTable table) {
    return rows(again, table, part.againRanges());
  }

  private Dataset<Row> rows(Side side, RunTable table, Set<SampleRange> ranges) {
    return RunTables.at(spark, side.directory(), side.manifest()).recorded(table, ranges);
  }
}
