package org.velella.spark.job;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.SampleRange;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.ResultFileName;

/**
 * Simulates a run, or a part of it, once more from its first step, with what {@code _run/run.json}
 * says it was begun with, and compares the final memories, spike counts and first spikes with those
 * that the run has committed, and its published results with these. The run itself is only read.
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
    try (ScratchRun scratch = ScratchRun.create(spark, config.scratch())) {
      part.begin(run.spec(), directory, scratch.directory(), config.manner().backend());
      Continuation copy = new Continuation(spark, scratch.directory(), listener);
      Interruption.during(
          scratch.directory(),
          listener,
          interruption ->
              copy.to(manifest.targetSteps(), input, config.manner().withKeep(1), 0, interruption));
      Manifest again = manifest(scratch.directory());
      long samples = 0;
      Optional<String> difference = Optional.empty();
      for (ReproducedPart.Pair pair : part.pairs()) {
        RangeState was = state(directory, manifest, pair.recorded());
        RangeState is = state(scratch.directory(), again, again.entry(pair.again()));
        samples += is.samples();
        difference = StateComparison.difference(manifest.run(), was, is, part.trials());
        if (difference.isPresent()) {
          break;
        }
      }
      if (difference.isEmpty()) {
        difference = wrongResults(spark, directory, manifest, part);
      }
      return new Reproduction(
          samples,
          manifest.targetSteps(),
          config.manner().backend(),
          run.spec().provenance().backend().name(),
          (System.nanoTime() - begun) * 1e-9,
          difference.orElse(""));
    }
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

  private static RangeState state(RunDirectory directory, Manifest manifest, RangeEntry entry)
      throws IOException {
    return RangeFile.read(directory.store(), manifest.run(), entry.current().orElseThrow());
  }

  /** What is wrong with published results of the ranges that were compared. */
  private static Optional<String> wrongResults(
      SparkSession spark, RunDirectory directory, Manifest manifest, ReproducedPart part)
      throws IOException {
    ResultVerification results =
        new ResultVerification(
            directory,
            spark.sparkContext().hadoopConfiguration(),
            manifest,
            new RecordingPlaces(directory.store()));
    Set<SampleRange> ranges = part.recordedRanges();
    for (ResultFileName file : results.files()) {
      boolean concerned =
          ranges.stream().anyMatch(range -> range.lo() < file.hi() && file.lo() < range.hi());
      String problem = concerned ? results.problem(file) : null;
      if (problem != null) {
        return Optional.of(problem);
      }
    }
    return part.isAll() ? results.gaps().stream().findFirst() : Optional.empty();
  }
}
