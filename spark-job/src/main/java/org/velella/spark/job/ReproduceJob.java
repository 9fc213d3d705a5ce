package org.velella.spark.job;

import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.spark.frame.InputSource;

/**
 * Simulates a run, or a part of it, once more from its first step, with what {@code _run/run.json}
 * says it was begun with, and compares the final memories, spike counts and first spikes with those
 * that the run has committed, its published results with these, and the spikes and traces that it
 * has recorded. The run itself is only read.
 */
public final class ReproduceJob {
  private ReproduceJob() {}

  /** As {@link #run(SparkSession, ReproduceConfig, RunListener)}, without a word. */
  public static Reproduction run(SparkSession spark, ReproduceConfig config) {
    return run(spark, config, RunListener.SILENT);
  }

  /**
   * Simulates and compares.
   *
   * @throws UsageException if there is no run, it is not finished or the branch of another one, its
   *     input or network has changed or is gone, or it has no such trial or samples
   * @throws org.velella.checkpoint.CheckpointException if the run's checkpoint cannot be used
   * @throws org.velella.backend.BackendUnavailableException if the backend cannot run here
   * @throws RunFailedException if it stopped before the last step
   */
  public static Reproduction run(SparkSession spark, ReproduceConfig config, RunListener listener) {
    return JobErrors.translated(() -> reproduce(spark, config, listener));
  }

  private static Reproduction reproduce(
      SparkSession spark, ReproduceConfig config, RunListener listener) throws IOException {
    long begun = System.nanoTime();
    RunDirectory directory =
        RunDirectory.of(config.run(), spark.sparkContext().hadoopConfiguration());
    Continuation run = new Continuation(spark, directory, listener);
    requireWhole(run);
    Manifest manifest = manifest(directory);
    ReproducedPart part = ReproducedPart.of(run, manifest, config);
    InputSource input = ResumeJob.input(spark, run, manifest.targetSteps(), listener);
    BackendCheck.choose(spark.sparkContext(), config.manner().backend(), listener);
    String record =
        config.recordings() == ReproduceConfig.Recordings.COMPARE ? run.spec().record() : "";
    try (ScratchRun scratch = ScratchRun.create(spark, config.scratch())) {
      part.begin(
          run.spec(),
          directory,
          scratch.directory(),
          run.spec().reproduction(config.manner().backend(), record));
      Continuation copy = new Continuation(spark, scratch.directory(), listener);
      simulate(copy, manifest.targetSteps(), input, config.manner().withKeep(1), listener);
      RunComparison comparison =
          new RunComparison(
              spark,
              new RunComparison.Side(directory, manifest),
              new RunComparison.Side(scratch.directory(), manifest(scratch.directory())),
              part);
      Reproduction.Recorded recorded = compare(comparison, run.spec(), record);
      return new Reproduction(
          comparison.samples(),
          manifest.targetSteps(),
          config.manner().backend(),
          run.spec().provenance().backend().name(),
          (System.nanoTime() - begun) * 1e-9,
          recorded,
          comparison.differences());
    }
  }

  private static Reproduction.Recorded compare(
      RunComparison comparison, RunSpec spec, String record) throws IOException {
    comparison.states();
    if (comparison.differences().isEmpty()) {
      comparison.results();
    }
    // Where spikes part tells more than what memories came to.
    return record.isEmpty()
        ? Reproduction.Recorded.left(spec.record())
        : comparison.recordings(record, spec.sweep().isPresent());
  }

  private static void simulate(
      Continuation copy, long steps, InputSource input, Manner manner, RunListener listener)
      throws IOException {
    // What is recorded between checkpoints lies on the disks of tasks, as that of the run did.
    long every = copy.spec().record().isEmpty() ? 0 : copy.spec().checkpointEvery();
    requireRoom(copy, steps, input, manner, every);
    Interruption.during(
        copy.directory(),
        listener,
        interruption -> copy.to(steps, input, manner, every, interruption));
  }

  private static void requireRoom(
      Continuation copy, long steps, InputSource input, Manner manner, long every)
      throws IOException {
    try {
      copy.requireRoom(input, steps, every, copy.spec().orAsBegun(manner), copy.directory());
    } catch (UsageException e) {
      if (copy.spec().record().isEmpty()) {
        throw e;
      }
      throw new UsageException(
          "%s. To reproduce it, --scratch has what the run records, and --without-recordings compares everything else"
              .formatted(e.getMessage()),
          e);
    }
    copy.roomIsChecked();
  }

  /** Checks that everything is there that the run began with, but for its input. */
  private static void requireWhole(Continuation run) {
    RunSpec.Branch branch = run.spec().branch().orElse(null);
    if (branch != null) {
      throw new UsageException(
          "The run in %s is a branch that begins with the memories of %s at step %d, not at the first step; reproduce that run"
              .formatted(run.location(), branch.run(), branch.step()));
    }
    Network network = run.network();
    NetworkDigest digest = NetworkDigest.of(network);
    List<String> now = List.of(digest.structure(), digest.weights(), digest.parameters());
    List<String> names = List.of("network", "weights", Digests.PARAMETERS);
    for (int i = 0; i < names.size(); i++) {
      if (!now.get(i).equals(run.spec().provenance().digests().get(names.get(i)))) {
        throw new UsageException(
            "The network of the run in %s has changed: its %s are not those that _run/run.json names; restore it from a copy"
                .formatted(run.location(), names.get(i)));
      }
    }
  }

  private static Manifest manifest(RunDirectory directory) throws IOException {
    return new ManifestLog(directory.store())
        .latest()
        .map(ManifestHead::manifest)
        .orElseThrow(
            () ->
                new UsageException(
                    "The run in %s has no checkpoint, so there is nothing to compare with; finish it with velella resume"
                        .formatted(directory.location())));
  }
}
