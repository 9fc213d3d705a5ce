package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Selection;
import org.velella.spark.task.CheckpointSchedule;
import org.velella.spark.task.LittleRoom;
import org.velella.spark.task.ScratchRoom;

/**
 * Compares what a run is still to record with the room that there is for it: all of it where its
 * directory lies, and what tasks record at a time where they collect it. Only traces count: how
 * many spikes there will be, nobody knows.
 *
 * @param work the ranges
 * @param selection of them, those that are to be simulated
 * @param steps that each sample is to come to
 * @param checkpointEvery steps between two checkpoints; 0: one at the end; {@link Manner#AUTO}
 * @param traceBytes of one sample and step
 * @param tasks that run at once
 */
record RecordingRoom(
    RangeWork work,
    Selection selection,
    long steps,
    long checkpointEvery,
    long traceBytes,
    int tasks) {
  /**
   * Looks before anything is computed.
   *
   * @param run what it has saved has its traces already
   * @param to where it is to record: the same, or a branch that goes on from there
   * @param disks where the traces go
   * @throws UsageException if they do not fit and that is to be refused; the message has the
   *     estimate and what to do
   */
  void require(
      RunDirectory run,
      RunDirectory to,
      Supplier<Disks> disks,
      LittleRoom otherwise,
      RunListener listener) {
    if (traceBytes == 0) {
      return;
    }
    Disks now = disks.get();
    // What is saved is read only where it may matter, for there may be many ranges.
    if (lack(need(List.of()), now, to.location()).isEmpty()) {
      return;
    }
    try {
      List<RangeEntry> saved = saved(to);
      lack(need(saved.isEmpty() ? saved(run) : saved), now, to.location())
          .ifPresent(lack -> tell(lack, otherwise, listener));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + to.location(), e);
    }
  }

  /** Refuses what there is no room for, or tells of it only. */
  static void tell(String lack, LittleRoom otherwise, RunListener listener) {
    if (otherwise == LittleRoom.REFUSE) {
      throw new UsageException(lack + ", or --little-room warn to begin all the same");
    }
    listener.message(lack + "; it goes on for as long as there is room");
  }

  /** The ranges of which something is saved, if there is a run. */
  static List<RangeEntry> saved(RunDirectory directory) throws IOException {
    return directory.hasRun()
        ? new ManifestLog(directory.store())
            .latest()
            .map(head -> head.manifest().ranges())
            .orElse(List.of())
        : List.of();
  }

  private WorkLeft need(List<RangeEntry> saved) {
    // Intervals of no given length end before they are too long, so that none counts.
    CheckpointSchedule schedule =
        checkpointEvery == Manner.AUTO
            ? from -> from
            : CheckpointSchedule.every(checkpointEvery, steps);
    return WorkLeft.of(work, selection, saved, steps, schedule);
  }

  /** What there is no room for, and what to do; empty if there is room for all. */
  Optional<String> lack(WorkLeft need, Disks disks, String location) {
    int atOnce = Math.min(tasks, need.ranges());
    double all = traceBytes * need.all();
    double saved = traceBytes * need.interval() * atOnce;
    double recorded = traceBytes * need.twoIntervals() * atOnce;
    String what =
        "Traces of %d bytes per sample and step, before they are compressed: "
            .formatted(traceBytes);
    if (all > disks.run()) {
      return Optional.of(
          what
              + "what is still to be recorded comes to %s, but only %s are free where %s lies; record less, or give an --output with more room"
                  .formatted(mebibytes(all), mebibytes(disks.run()), location));
    }
    if (recorded > disks.scratch()) {
      return Optional.of(
          what
              + "what %d tasks record at a time and save meanwhile comes to %s, but only %s are free for it in %s; record less, or give a smaller --checkpoint-every or --range-size"
                  .formatted(
                      atOnce,
                      mebibytes(recorded),
                      mebibytes(disks.scratch()),
                      ScratchRoom.folder()));
    }
    if (disks.areOne() && all + saved > disks.run()) {
      return Optional.of(
          what
              + "what is still to be recorded comes to %s, and what %d tasks save at a time lies in %s, too, another %s, but only %s are free on that disk; record less, or give a smaller --checkpoint-every, or an --output on another disk"
                  .formatted(
                      mebibytes(all),
                      atOnce,
                      ScratchRoom.folder(),
                      mebibytes(saved),
                      mebibytes(disks.run())));
    }
    return Optional.empty();
  }

  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
  }
}
