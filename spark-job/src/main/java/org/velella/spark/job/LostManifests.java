package org.velella.spark.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeFileName;
import org.velella.spark.frame.RunTable;

/** Tells a run that has not begun from one whose manifests are gone, which must not begin again. */
final class LostManifests {
  private LostManifests() {}

  /**
   * For a run in which no manifest was found.
   *
   * @throws CheckpointCorruptException if one was there before
   */
  static void requireNone(RunDirectory run) throws IOException {
    Optional<String> sign = sign(run);
    // Another driver may have begun the run since nothing was found.
    if (sign.isPresent() && new ManifestLog(run.store()).latest().isEmpty()) {
      throw new CheckpointCorruptException(
          "%s has %s but no manifest in %s, so how far it has come is lost; restore %s from a copy, or begin a new run in another directory"
              .formatted(run.location(), sign.get(), ManifestLog.DIRECTORY, ManifestLog.DIRECTORY));
    }
  }

  /** What is written only after a first manifest. */
  private static Optional<String> sign(RunDirectory run) throws IOException {
    CheckpointStore store = run.store();
    if (store.exists(RunDirectory.STATUS)) {
      return Optional.of(RunDirectory.STATUS);
    }
    List<String> places = new ArrayList<>();
    for (RunTable table : RunTable.values()) {
      places.add(table.directory());
      places.add(table.attempts());
    }
    places.add(RangeFileName.DIRECTORY);
    RunSpec.Branch branch = run.spec().branch().orElse(null);
    if (branch != null) {
      // Memories and failed samples are brought into a branch before its first manifest.
      if (isBeyond(store, branch.step())) {
        return Optional.of("states beyond step %d".formatted(branch.step()));
      }
      places.removeAll(List.of(RangeFileName.DIRECTORY, RunTable.FAILURES.attempts()));
    }
    for (String place : places) {
      if (!store.list(place).isEmpty()) {
        return Optional.of("files in " + place);
      }
    }
    return Optional.empty();
  }

  /** Whether something is saved that only the run's own tasks can have computed. */
  private static boolean isBeyond(CheckpointStore store, long step) throws IOException {
    return store.list(RangeFileName.DIRECTORY).stream()
        .flatMap(file -> RangeFileName.parse(file.name()).stream())
        .anyMatch(name -> name.step() > step);
  }
}
