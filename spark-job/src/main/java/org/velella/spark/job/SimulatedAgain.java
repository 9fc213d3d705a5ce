package org.velella.spark.job;

import java.io.IOException;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.frame.InputSource;

/**
 * A part of a run that is simulated once more from the first step, in a directory of its own. Of a
 * branch that is the first step of the run that it left, or of the one which that has left.
 */
final class SimulatedAgain {
  private final SparkSession session;
  private final ReproducedPart part;
  private final ReproduceConfig config;
  private final RunListener listener;

  SimulatedAgain(
      SparkSession session, ReproducedPart part, ReproduceConfig config, RunListener listener) {
    this.session = session;
    this.part = part;
    this.config = config;
    this.listener = listener;
  }

  /**
   * Begins the run in a directory and simulates it.
   *
   * @param record what is recorded; empty: nothing
   */
  void simulate(Continuation run, RunDirectory to, String record, long steps, InputSource input)
      throws IOException {
    part.begin(
        run.spec(),
        run.directory(),
        to,
        run.spec().reproduction(config.manner().backend(), record));
    Continuation copy = new Continuation(session, to, listener);
    // What is recorded between checkpoints lies on the disks of tasks, as that of the run did.
    long every = record.isEmpty() ? 0 : run.spec().checkpointEvery();
    Manner manner = config.manner().withKeep(1);
    RunSpec.Branch point = run.spec().branch().orElse(null);
    if (point != null) {
      branch(source(session, run, point, listener), point, copy, steps);
    }
    // A branch only records what comes after the states that it begins with.
    requireRoom(copy, steps, input, manner, every);
    Interruption.during(
        to, listener, interruption -> copy.to(steps, input, manner, every, interruption));
  }

  /** Simulates the run that was left up to there, and brings its states into the branch. */
  private void branch(Continuation source, RunSpec.Branch point, Continuation copy, long steps)
      throws IOException {
    InputSource input = ResumeJob.input(session, source, point.target(), listener);
    try (ScratchRun scratch = ScratchRun.create(session, config.scratch())) {
      simulate(source, scratch.directory(), "", point.step(), input);
      Continuation before = new Continuation(session, scratch.directory(), RunListener.SILENT);
      new BranchStates(session, before, copy, RunListener.SILENT)
          .commit(point, steps, config.manner(), part.againRanges()::contains);
    }
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

  /**
   * Checks that everything is there that a run began with, and that those began with which it has
   * left, but for their inputs.
   *
   * @throws UsageException if something is missing or has changed
   */
  static void requireWhole(SparkSession session, Continuation run, RunListener listener) {
    Digests.of(run.network())
        .forEach(
            (name, digest) -> {
              if (!digest.equals(run.spec().provenance().digests().get(name))) {
                throw new UsageException(
                    "The network of the run in %s has changed: the digest of its %s is not that in _run/run.json; restore it from a copy"
                        .formatted(run.location(), name));
              }
            });
    RunSpec.Branch point = run.spec().branch().orElse(null);
    if (point != null) {
      requireWhole(session, source(session, run, point, listener), listener);
    }
  }

  /** The run that a branch has left, which is simulated first. */
  private static Continuation source(
      SparkSession session, Continuation run, RunSpec.Branch point, RunListener listener) {
    RunDirectory directory =
        RunDirectory.of(point.run(), session.sparkContext().hadoopConfiguration());
    if (!directory.hasRun()) {
      throw new UsageException(
          "The run in %s is a branch of the one in %s, which is not there any more; it takes that one, too, to simulate from the first step"
              .formatted(run.location(), point.run()));
    }
    Continuation source = new Continuation(session, directory, listener);
    if (!source.spec().runId().equals(point.runId())) {
      throw new UsageException(
          "The run in %s is a branch of run %s, but %s holds run %s; restore that one"
              .formatted(run.location(), point.runId(), point.run(), source.spec().runId()));
    }
    return source;
  }
}
