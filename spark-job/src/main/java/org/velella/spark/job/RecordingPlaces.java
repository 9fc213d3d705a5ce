package org.velella.spark.job;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.Recording;
import org.velella.spark.frame.RunTable;

/**
 * Where a run's recordings lie: with the attempts that made them, or published, where users look.
 * Each directory is listed once. Used by one thread.
 */
final class RecordingPlaces {
  private final CheckpointStore store;
  private final Map<String, Map<String, Long>> listings = new HashMap<>();

  RecordingPlaces(CheckpointStore store) {
    this.store = store;
  }

  /** Where attempts leave what they record. */
  static List<String> attempts() {
    return RunTable.recorded().stream().map(RunTable::attempts).toList();
  }

  /** Where users find what was recorded. */
  static List<String> published() {
    return RunTable.recorded().stream().map(RunTable::directory).toList();
  }

  /** The lengths of the files in a directory, by name. */
  Map<String, Long> files(String directory) throws IOException {
    Map<String, Long> files = listings.get(directory);
    if (files == null) {
      files = new HashMap<>();
      for (StoredFile file : store.list(directory)) {
        files.put(file.name(), file.length());
      }
      listings.put(directory, files);
    }
    return files;
  }

  /** The path at which a recording lies; empty if it is lost. */
  Optional<String> of(Recording recording) throws IOException {
    if (isThere(recording.publishedFile())) {
      return Optional.of(recording.publishedFile());
    }
    return isThere(recording.file()) ? Optional.of(recording.file()) : Optional.empty();
  }

  /** Whether a recording lies among the attempts, be it published or not. */
  boolean hasAttempt(Recording recording) throws IOException {
    return isThere(recording.file());
  }

  /** The length of a file that {@link #of} has given. */
  long length(String path) throws IOException {
    return files(directory(path)).get(name(path));
  }

  private boolean isThere(String path) throws IOException {
    return files(directory(path)).containsKey(name(path));
  }

  private static String directory(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
