package org.velella.spark.job;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.SampleRange;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.RunTable;

/**
 * A run's checkpoint as one driver extends it: takes over what tasks have saved, and commits it.
 * Used by one thread.
 */
final class Commits {
  /** Finds out which saved states are not sound. */
  @FunctionalInterface
  interface StateCheck {
    /** The ranges whose newest file is not what it was when it was written. */
    Set<SampleRange> damaged(List<RangeEntry> saved) throws IOException;
  }

  private final RunDirectory directory;
  private final RangeIndex index;
  private final RunIdentity identity;
  private final long targetSteps;
  private final Selection selection;
  private final RunListener listener;
  private final ManifestLog log;
  private final Adoption adoption;
  private final TreeMap<String, String> writer = new TreeMap<>();

  private ManifestHead head;

  /**
   * @param identity what the checkpoint must belong to
   * @param selection the samples that this driver works on
   * @param keep files of each range that manifests list
   * @param application Spark's id of it
   */
  Commits(
      RunDirectory directory,
      RangeIndex index,
      RunIdentity identity,
      long targetSteps,
      Selection selection,
      int keep,
      String application,
      RunListener listener) {
    this.directory = directory;
    this.index = index;
    this.identity = identity;
    this.targetSteps = targetSteps;
    this.selection = selection;
    this.listener = listener;
    log = new ManifestLog(directory.store());
    adoption = new Adoption(directory.store(), keep);
    writer.put("application", application);
    writer.put(Manifest.ATTEMPT, UUID.randomUUID().toString());
  }

  /**
   * Takes over what earlier drivers and their tasks have left, and commits it: from here on, a
   * driver that still works on the same samples fails at its next commit.
   *
   * @param check reads the states that are gone on from
   */
  void claim(StateCheck check) throws IOException {
    head = log.latest().orElse(null);
    if (head == null) {
      LostManifests.requireNone(directory);
      head = log.latest().orElse(null);
    }
    if (head == null) {
      head =
          log.commit(
              Manifest.first(
                  identity, index.samples(), targetSteps, index.rangeSize(), writer, selection));
      return;
    }
    head.warnings().forEach(listener::message);
    identity.requireSame(head.manifest().run(), "The checkpoint of " + directory.location());
    requireDescribed(directory, head.manifest(), index);
    Adoption.Result found = adopt(Adoption.Verification.HEADERS);
    Set<SampleRange> damaged = check.damaged(selected(found.ranges()));
    if (!damaged.isEmpty()) {
      found = told(adoption.adopt(head.manifest(), selection, damaged::contains));
    }
    head =
        log.commit(
            selection.isAll()
                ? head.extended(found.ranges(), index.samples(), targetSteps, writer)
                : head.successor(found.ranges(), targetSteps, writer, selection));
  }

  /**
   * Checks that a run is not described as smaller than what is saved of it: a sweep may have been
   * extended since, but nothing ever makes a run smaller.
   *
   * @param index what the run's own files describe
   * @throws CheckpointCorruptException if it is
   */
  static void requireDescribed(RunDirectory directory, Manifest saved, RangeIndex index) {
    if (saved.samples() > index.samples() || saved.rangeSize() != index.rangeSize()) {
      throw new CheckpointCorruptException(
          "The checkpoint of %s has %d samples in ranges of %d, but _run describes %d in ranges of %d: run.json is of another run, or the newest file of %s is lost; restore it from a copy"
              .formatted(
                  directory.location(),
                  saved.samples(),
                  saved.rangeSize(),
                  index.samples(),
                  index.rangeSize(),
                  TrialsFile.FOLDER));
    }
  }

  /** Commits what tasks have saved since; whether there was anything. */
  boolean commit() throws IOException {
    Adoption.Result found = adopt(Adoption.Verification.HEADERS);
    if (!found.changed()) {
      return false;
    }
    head = log.commit(head.successor(found.ranges(), targetSteps, writer, selection));
    return true;
  }

  /**
   * Commits the same once more, so that the newest manifest and the one before it say the same:
   * either may be damaged then and nothing is lost, though what leads from one to the other is
   * collected. A run that is complete is so without it.
   *
   * @return false if that failed or another writer was faster, so that nothing may be collected
   */
  boolean commitAgain() {
    try {
      head = log.commit(head.successor(manifest().ranges(), targetSteps, writer, selection));
      return true;
    } catch (IOException e) {
      return tellOnce(IoReason.of(e));
    } catch (CheckpointException e) {
      return tellOnce(e.getMessage());
    }
  }

  private boolean tellOnce(String reason) {
    listener.message(
        "The end of the run is committed, but only once, so nothing is cleaned up: " + reason);
    return false;
  }

  private Adoption.Result adopt(Adoption.Verification verification) throws IOException {
    return told(adoption.adopt(head.manifest(), selection, verification));
  }

  private Adoption.Result told(Adoption.Result found) {
    found.warnings().forEach(listener::message);
    return found;
  }

  /** Range files that no manifest lists and that are superseded, as {@link Adoption} tells them. */
  List<String> takePassed() {
    return adoption.takePassed();
  }

  /** What was committed last; null before the first commit. */
  Manifest manifest() {
    return head == null ? null : head.manifest();
  }

  /** All of the run's ranges that this driver works on. */
  List<RangeEntry> selected() {
    return selected(manifest().allRanges());
  }

  private List<RangeEntry> selected(List<RangeEntry> ranges) {
    return ranges.stream().filter(entry -> selection.contains(entry.range())).toList();
  }

  boolean isDone(RangeEntry entry) {
    return entry.step() >= targetSteps;
  }

  /** Samples of some ranges that could not be simulated. */
  static long failures(List<RangeEntry> ranges) {
    long rows = 0;
    for (RangeEntry entry : ranges) {
      for (Recording recording : entry.recordings()) {
        rows += recording.kind().equals(RunTable.FAILURES.text()) ? recording.rows() : 0;
      }
    }
    return rows;
  }
}
