package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.Manifest;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.task.StoredWeights;
import org.velella.sweep.TrialList;
import org.velella.sweep.Trials;

/**
 * What says what a run is: {@code _run/run.json}, its network, the trials of a sweep and the
 * networks that they run. There is one of each and nothing to fall back on, so a run goes on only
 * where all of them are sound.
 */
final class OwnFiles {
  private OwnFiles() {}

  /**
   * What reading came to.
   *
   * @param files that were read
   * @param damages what is damaged or missing, one line for each
   */
  record Found(long files, List<String> damages) {
    Found {
      damages = List.copyOf(damages);
    }
  }

  /**
   * Reads every byte of them.
   *
   * @param saved the run's checkpoint; null if there is none yet
   * @throws CheckpointException if {@code _run/run.json} or the trials cannot be used, or are not
   *     those of the checkpoint: then nothing can be said of the others
   */
  static Found read(RunDirectory run, Manifest saved) throws IOException {
    List<String> damages = new ArrayList<>();
    RunSpec spec = run.spec();
    try {
      run.networkBytes(spec.networkDigest());
    } catch (CheckpointException e) {
      damages.add(e.getMessage());
    } catch (UncheckedIOException e) {
      damages.add("%s: %s".formatted(e.getMessage(), IoReason.of(e.getCause())));
    }
    long files = 2;
    RangeIndex index;
    RunSpec.SweepShape shape = spec.sweep().orElse(null);
    if (shape == null) {
      index = spec.index();
    } else {
      TrialList trials = new TrialsFile(run.store()).trials();
      index = shape.index(trials);
      List<String> names = weights(trials);
      damages.addAll(new StoredWeights(run.store()).damages(names));
      files += 1 + run.store().list(StoredWeights.FOLDER).size();
    }
    if (saved != null) {
      Commits.requireDescribed(run, saved, index);
    }
    return new Found(files, damages);
  }

  /**
   * Which of them are not there, one line for each, without reading more than what names them.
   *
   * @param saved the run's checkpoint; null if there is none yet
   * @throws CheckpointException if {@code _run/run.json} or the trials cannot be used, or are not
   *     those of the checkpoint
   */
  static List<String> missing(RunDirectory run, Manifest saved) throws IOException {
    List<String> missing = new ArrayList<>();
    RunSpec spec = run.spec();
    String network = RunDirectory.network(spec.networkDigest());
    if (!run.store().exists(network)) {
      missing.add(
          "The run in %s has lost its %s; restore it from a copy"
              .formatted(run.location(), network));
    }
    RangeIndex index;
    RunSpec.SweepShape shape = spec.sweep().orElse(null);
    if (shape == null) {
      index = spec.index();
    } else {
      TrialList trials = new TrialsFile(run.store()).trials();
      index = shape.index(trials);
      missing.addAll(new StoredWeights(run.store()).missing(weights(trials)));
    }
    if (saved != null) {
      Commits.requireDescribed(run, saved, index);
    }
    return missing;
  }

  /** What trials call the networks that they run instead of the run's own. */
  private static List<String> weights(TrialList trials) {
    return trials.parameters().stream()
        .filter(parameter -> parameter.path().equals(Trials.WEIGHTS))
        .flatMap(parameter -> parameter.labels().stream())
        .toList();
  }
}
