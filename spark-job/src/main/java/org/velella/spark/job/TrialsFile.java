package org.velella.spark.job;

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
  static final String FOLDER = "_run/trials";

  private final CheckpointStore store;

  TrialsFile(CheckpointStore store) {
    this.store = store;
  }

  /**
   * The trials as they were read.
   *
   * @param files how many files there were: an extension that was thought out on these trials is
   *     the next one
   */
  record Read(TrialList trials, int files) {}

  /** The trials; none if there is no file yet. */
  TrialList trials() throws IOException {
    return read().trials();
  }

  /** The trials, to be extended. */
  Read read() throws IOException {
    List<StoredFile> files = store.list(FOLDER);
    if (files.isEmpty()) {
      return new Read(TrialList.NONE, 0);
    }
    String name = files.get(files.size() - 1).name();
    try (StoredInput input = store.open(FOLDER + "/" + name)) {
      byte[] json = input.stream().readAllBytes();
      TrialList trials = TrialList.fromJson(CanonicalJson.parse(json, name));
      return new Read(trials, files.size());
    }
  }

  /**
   * Writes longer trials than those that were read.
   *
   * @throws CommitFailedException if somebody else has extended the sweep meanwhile
   */
  void write(TrialList trials, Read before) throws IOException {
    String name = "%s/%08d.json".formatted(FOLDER, before.files() + 1);
    byte[] json = trials.toJson().toString().getBytes(StandardCharsets.UTF_8);
    if (!store.createExclusive(name, json)) {
      throw new CommitFailedException(
          "Another driver has extended the sweep in %s; run the same command again"
              .formatted(store.location()));
    }
  }
}
