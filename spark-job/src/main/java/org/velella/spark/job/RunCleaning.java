package org.velella.spark.job;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.Garbage;
import org.velella.checkpoint.GarbageCollector;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.RunTable;
import org.velella.spark.task.StoredWeights;

/** Removes what a run does not need any more, while nobody works on it; needs no Spark. */
public final class RunCleaning {
  /** Where drivers write that do not have the run yet. */
  private static final List<String> OF_BEGINNERS =
      List.of(RunDirectory.HOME, RunLease.FOLDER, TrialsFile.FOLDER, StoredWeights.FOLDER);

  /** Longer than any driver takes to begin. */
  private static final Duration MOST_BEGINNING = Duration.ofHours(24);

  private RunCleaning() {}

  /**
   * What {@link #clean} would remove; changes nothing.
   *
   * @throws UsageException if there is no run
   * @throws org.velella.checkpoint.CheckpointException if its checkpoint is unusable
   */
  public static Garbage find(String directory, int keep, Duration grace) {
    return JobErrors.translated(
        () -> {
          CheckpointStore preview = new PreviewStore(run(directory, keep).store());
          return clean(preview, keep, grace, RunListener.SILENT);
        });
  }

  /**
   * Removes files of the checkpoint that are older than the newest few of each range, and what lost
   * attempts have left.
   *
   * @param keep files of each range that stay, at least 1
   * @param grace files that no manifest has ever listed stay if they are younger; a file system
   *     that does not tell loses none of them
   * @return what was removed
   * @throws UsageException if there is no run
   * @throws org.velella.checkpoint.CheckpointException if its checkpoint is unusable, or a driver
   *     works on it
   */
  public static Garbage clean(String directory, int keep, Duration grace, RunListener listener) {
    return JobErrors.translated(
        () -> {
          CheckpointStore store = run(directory, keep).store();
          RunLease lease = RunLease.take(store, "gc", Selection.all(), listener);
          try {
            return clean(store, keep, grace, listener);
          } finally {
            lease.close();
          }
        });
  }

  private static Garbage clean(
      CheckpointStore store, int keep, Duration grace, RunListener listener) throws IOException {
    listOnly(store, keep, listener);
    GarbageCollector collector = new GarbageCollector(store, keep);
    return collector.remove(everything(collector, Instant.now().minus(grace)));
  }

  /**
   * How many files of each range the run itself keeps, as it was begun.
   *
   * @throws UsageException if there is no run
   */
  public static int keptAsBegun(String directory) {
    return JobErrors.translated(() -> run(directory, 1).spec().orAsBegun(Manner.USUAL).keep());
  }

  private static RunDirectory run(String directory, int keep) {
    if (keep < 1) {
      throw new UsageException(
          "--keep is " + keep + "; give how many files of each range to keep, at least 1");
    }
    RunDirectory run = RunDirectory.of(directory, new Configuration());
    run.spec();
    return run;
  }

  /**
   * All of a run that {@link GarbageCollector} finds in the layout of runs, while no other driver
   * works on it.
   */
  static Garbage everything(GarbageCollector collector, Instant before) throws IOException {
    List<String> written = new ArrayList<>(RecordingPlaces.attempts());
    written.add(RangeFileName.DIRECTORY);
    written.add(ManifestLog.DIRECTORY);
    written.add(RunTable.RESULTS.directory());
    // Drivers that come write there before they know whether another one works on the run.
    Instant quiet = Instant.now().minus(MOST_BEGINNING);
    return collector
        .everything(RecordingPlaces.attempts(), RecordingPlaces.published(), before)
        .and(collector.unfinished(written, before))
        .and(collector.unfinished(OF_BEGINNERS, before.isBefore(quiet) ? before : quiet));
  }

  /**
   * Commits manifests that list no more files than shall stay: two of them, since the two newest
   * and all that they list always stay. A range whose newest file is damaged keeps older ones.
   */
  private static void listOnly(CheckpointStore store, int keep, RunListener listener)
      throws IOException {
    ManifestLog log = new ManifestLog(store);
    ManifestHead head = log.latest().orElse(null);
    if (head == null) {
      return;
    }
    head.warnings().forEach(listener::message);
    TreeMap<String, String> writer = new TreeMap<>();
    writer.put("application", "gc");
    writer.put(Manifest.ATTEMPT, UUID.randomUUID().toString());
    Adoption adoption = new Adoption(store, keep);
    if (!adoption.adopt(head.manifest(), Adoption.Verification.HEADERS).changed()) {
      return;
    }
    // What stays is read before what could replace it goes.
    Adoption.Result found = adoption.adopt(head.manifest(), Adoption.Verification.DATA);
    found.warnings().forEach(listener::message);
    for (int commits = 0; commits < 2; commits++) {
      long targetSteps = head.manifest().targetSteps();
      head = log.commit(head.successor(found.ranges(), targetSteps, writer));
    }
  }
}
