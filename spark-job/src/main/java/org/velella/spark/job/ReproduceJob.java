package org.velella.spark.job;

import java.io.IOException;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.spark.frame.InputSource;

/**
 * Simulates a run, or a part of it, once more from its first step, with what {@code _run/run.json}
 * says it was begun with, a branch from the first step of the run that it left, and compares the
 * final memories, spike counts and first spikes with those that the run has committed, its
 * published results with these, and the spikes and traces that it has recorded. The run itself is
 * only read.
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
   * @throws UsageException if there is no run, it is not finished, its input or network or the run
   *     that it left as a branch has changed or is gone, or it has no such trial or samples
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
    SimulatedAgain.requireWhole(spark, run, listener);
    Manifest manifest = manifest(directory);
    ReproducedPart part = ReproducedPart.of(run, manifest, config);
    InputSource input = ResumeJob.input(spark, run, manifest.targetSteps(), listener);
    BackendCheck.choose(spark.sparkContext(), config.manner().backend(), listener);
    String record =
        config.recordings() == ReproduceConfig.Recordings.COMPARE ? run.spec().record() : "";
    try (ScratchRun scratch = ScratchRun.create(spark, config.scratch())) {
      new SimulatedAgain(spark, part, config, listener)
          .simulate(run, scratch.directory(), record, manifest.targetSteps(), input);
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
