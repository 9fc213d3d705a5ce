package org.velella.spark.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.spark.task.SelfCheck;
import org.velella.spark.task.TaskSpec;

/** What tasks have found that compute some tiles twice. */
final class SelfChecks {
  private SelfChecks() {}

  private static List<StoredFile> found(TaskSpec tasks, CheckpointStore store) throws IOException {
    return tasks.selfCheck() > 0 ? store.list(SelfCheck.FOLDER) : List.of();
  }

  /** Forgets what was found before: whoever runs again has been told. */
  static void forget(TaskSpec tasks, CheckpointStore store) throws IOException {
    for (StoredFile file : found(tasks, store)) {
      store.delete(SelfCheck.FOLDER + "/" + file.name());
    }
  }

  /**
   * Ends a run in which a difference was found.
   *
   * @throws RunFailedException that says which
   */
  static void requireNone(TaskSpec tasks, CheckpointStore store) throws IOException {
    for (StoredFile file : found(tasks, store)) {
      try (StoredInput input = store.open(SelfCheck.FOLDER + "/" + file.name())) {
        String found = new String(input.stream().readAllBytes(), UTF_8);
        throw new RunFailedException(
            found
                + "; a backend or its device is wrong, and other tiles may be so, too: run again in another directory with --backend scalar, and compare",
            null);
      }
    }
  }
}
