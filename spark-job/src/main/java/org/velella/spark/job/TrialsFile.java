package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.checkpoint.CommitFailedException;
import org.velella.provenance.CanonicalJson;
import org.velella.sweep.TrialList;

/**
 * The trials of a sweep in its directory: numbered files, of which the last one counts. An
 * extension writes the next one.
 */
final class TrialsFile {
  private static final String FOLDER = "_run/trials";

  private final CheckpointStore store;

  TrialsFile(CheckpointStore store) {
    this.store = store;
  }

  /** The trials; none if there is no file yet. */
  TrialList read() throws IOException {
    List<StoredFile> files = store.list(FOLDER);
    if (files.isEmpty()) {
      return TrialList.NONE;
    }
    String name = files.get(files.size() - 1).name();
    try (StoredInput input = store.open(FOLDER + "/" + name)) {
      return TrialList.fromJson(CanonicalJson.parse(input.stream().readAllBytes(), name));
    } catch (FileNotFoundException e) {
      throw new IOException("The trials of " + store.location() + " vanished", e);
    }
  }

  /**
   * Writes longer trials than those that are there.
   *
   * @throws CommitFailedException if somebody else has extended the sweep meanwhile
   */
  void write(TrialList trials) throws IOException {
    String name = "%s/%08d.json".formatted(FOLDER, store.list(FOLDER).size() + 1);
    byte[] json = trials.toJson().toString().getBytes(StandardCharsets.UTF_8);
    if (!store.createExclusive(name, json)) {
      throw new CommitFailedException(
          "Another driver has extended the sweep in %s; run the same command again"
              .formatted(store.location()));
    }
  }
}
