package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Selection;
import org.velella.spark.task.LittleRoom;

/**
 * Compares the recordings that a run's manifests will list with the memory of the driver, which
 * holds an entry of each, of each range, kind and interval one file, and more of those that it
 * reads or writes at a time. Kinds that have nothing to record in an interval leave no file, which
 * nobody knows beforehand, so there may be fewer.
 *
 * @param work the ranges
 * @param selection of them, those that are to be simulated
 * @param steps that each sample is to come to
 * @param checkpointEvery steps between two checkpoints; 0: one at the end; {@link Manner#AUTO},
 *     which counts as one, for nobody knows how many there will be
 * @param kinds of recordings
 */
record ManifestRoom(
    RangeWork work, Selection selection, long steps, long checkpointEvery, int kinds) {
  /** Of an entry on the driver: its path and checksum as texts, its numbers, and references. */
  private static final double ENTRY_BYTES = 270;

  /** Of an entry while the file that lists it is read or written: its JSON, and what that says. */
  private static final double JSON_BYTES = 1500;

  /** The rest is for everything else: ranges, trials, commits, plans of Spark. */
  private static final double SHARE_OF_HEAP = 0.5;

  /**
   * Looks before anything is computed.
   *
   * @param run what it has saved is listed already
   * @param to where it is to record: the same, or a branch that goes on from there
   * @param heapBytes of the driver
   * @throws UsageException if it does not fit and that is to be refused; the message has the
   *     estimate and what to do
   */
  void require(
      RunDirectory run,
      RunDirectory to,
      long heapBytes,
      LittleRoom otherwise,
      RunListener listener) {
    boolean fits = bytes(most()) <= SHARE_OF_HEAP * heapBytes;
    // A run that has begun may have listed more than it would have with this interval.
    if (kinds == 0 || fits && !run.hasRun() && !to.hasRun()) {
      return;
    }
    try {
      List<RangeEntry> saved = RecordingRoom.saved(to);
      double listed = saved.stream().mapToLong(entry -> entry.recordings().size()).sum();
      double more = more(saved.isEmpty() ? RecordingRoom.saved(run) : saved);
      lack(listed, more, heapBytes, run.hasRun())
          .ifPresent(lack -> RecordingRoom.tell(lack, otherwise, listener));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + to.location(), e);
    }
  }

  /** What some recordings take when the largest file of a manifest is read or written. */
  private double bytes(double recordings) {
    double ofARange = Math.max(kinds * intervals(0, steps), recordings / work.ranges());
    double atOnce = Math.min(recordings, Manifest.RANGES_OF_A_FILE * ofARange);
    return recordings * ENTRY_BYTES + atOnce * JSON_BYTES;
  }

  /** Recordings of a run that begins, if all trials have all steps. */
  private double most() {
    return (double) work.ranges() * kinds * intervals(0, steps);
  }

  /** Recordings that are still to come, if something is recorded in each interval. */
  double more(List<RangeEntry> saved) {
    double intervals = 0;
    long[] begun = work.stepsOf(saved);
    for (int range = 0; range < work.ranges(); range++) {
      long from = begun[range];
      if (selection.contains(work.range(range))) {
        intervals += intervals(from, lastStep(range, from));
      }
    }
    return intervals * kinds;
  }

  private double intervals(long from, long to) {
    if (from >= to) {
      return 0;
    }
    if (checkpointEvery <= 0) {
      return 1;
    }
    return (to - 1) / checkpointEvery - from / checkpointEvery + 1;
  }

  /** The step after which nothing of a range is simulated: its longest trial may end early. */
  private long lastStep(int range, long from) {
    long works = from;
    long rests = steps;
    if (works >= rests || work.sampleSteps(range, steps - 1, steps) > 0) {
      return steps;
    }
    while (works < rests) {
      long middle = works + (rests - works) / 2;
      if (work.sampleSteps(range, middle, steps) > 0) {
        works = middle + 1;
      } else {
        rests = middle;
      }
    }
    return works;
  }

  /**
   * What there is no room for, and what to do; empty if there is room, or nothing still to come.
   *
   * @param listed recordings
   * @param more of them
   * @param begun whether the run has begun, so that its ranges stay as they are
   */
  Optional<String> lack(double listed, double more, long heapBytes, boolean begun) {
    double bytes = bytes(listed + more);
    if (more == 0 || bytes <= SHARE_OF_HEAP * heapBytes) {
      return Optional.empty();
    }
    String what =
        String.format(
            Locale.ROOT,
            "The driver would have to list %.0f recordings (ranges: %d, kinds: %d, intervals: up to %.0f), which takes %s, but half of its heap is %s",
            listed + more,
            work.ranges(),
            kinds,
            intervals(0, steps),
            mebibytes(bytes),
            mebibytes(SHARE_OF_HEAP * heapBytes));
    String ranges = begun ? "" : "a larger --range-size, ";
    String longer = checkpointEvery > 0 ? "a longer --checkpoint-every, " : "";
    return Optional.of(
        what
            + "; record fewer kinds, give "
            + longer
            + ranges
            + "or more memory to the driver (spark.driver.memory; on one machine VELELLA_JAVA_OPTS=-Xmx…)");
  }

  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
  }
}
