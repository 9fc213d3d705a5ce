package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.store.FreeRoom;

/**
 * Compares all that a run is still to record with the room that there is for it where its directory
 * lies. Only traces count: how many spikes there will be, nobody knows.
 *
 * @param index the ranges
 * @param selection of them, those that are to be simulated
 * @param steps that each sample is to come to
 * @param share of the index's places, times their steps, that there are: the last ranges of a sweep
 *     may have empty places, and trials may be shorter than the run
 */
record RecordingRoom(RangeIndex index, Selection selection, long steps, double share) {
  /**
   * Looks before anything is computed.
   *
   * @param run what it has saved has its traces already
   * @param to where it is to record: the same, or a branch that goes on from there and need not
   *     exist
   * @param traceBytes of one sample and step
   * @throws UsageException if it does not fit and that is to be refused; the message has the
   *     estimate and what to do
   */
  void require(
      RunDirectory run,
      RunDirectory to,
      Configuration conf,
      long traceBytes,
      LittleRoom otherwise,
      RunListener listener) {
    try {
      OptionalLong free = traceBytes == 0 ? OptionalLong.empty() : FreeRoom.bytes(to.uri(), conf);
      // What is saved is read only where it may matter, for there may be many ranges.
      if (free.isPresent() && traceBytes * sampleSteps(List.of()) > free.getAsLong()) {
        List<RangeEntry> saved = saved(to);
        double bytes = traceBytes * sampleSteps(saved.isEmpty() ? saved(run) : saved);
        require(bytes, traceBytes, free.getAsLong(), to.location(), otherwise, listener);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + to.location(), e);
    }
  }

  private static List<RangeEntry> saved(RunDirectory directory) throws IOException {
    return directory.hasRun()
        ? new ManifestLog(directory.store())
            .latest()
            .map(head -> head.manifest().ranges())
            .orElse(List.of())
        : List.of();
  }

  /**
   * Samples, each times the steps that it has still to do.
   *
   * @param saved ranges of which something is saved; their traces up to there are recorded
   */
  double sampleSteps(List<RangeEntry> saved) {
    double all = (double) samples() * steps;
    for (RangeEntry entry : saved) {
      if (selection.contains(entry.range())) {
        all -= (double) entry.range().size() * Math.min(entry.step(), steps);
      }
    }
    return all * share;
  }

  private long samples() {
    if (selection.isAll()) {
      return index.samples();
    }
    long samples = 0;
    for (int range : SampleCheck.ranges(index, selection)) {
      samples += index.endRank(range) - index.firstRank(range);
    }
    return samples;
  }

  private static void require(
      double bytes,
      long traceBytes,
      long free,
      String location,
      LittleRoom otherwise,
      RunListener listener) {
    if (bytes <= free) {
      return;
    }
    String estimate =
        String.format(
            Locale.ROOT,
            "What is still to be recorded, %d bytes of traces per sample and step, comes to %.1f MiB before it is compressed, but only %.1f MiB are free where %s lies",
            traceBytes,
            bytes / (1 << 20),
            free / (double) (1 << 20),
            location);
    if (otherwise == LittleRoom.REFUSE) {
      throw new UsageException(
          estimate
              + "; record less, or give an --output with more room, or --little-room warn to begin all the same");
    }
    listener.message(estimate + "; the run goes on for as long as there is room");
  }
}
