package org.velella.spark.job;

import java.time.Instant;
import org.velella.checkpoint.Manifest;
import org.velella.spark.task.SaveCost;

/** Tells how a run goes on, to all who want to know: the listener, the status file, Spark. */
final class RunTeller implements AutoCloseable {
  /** Between two writes of the status while tasks run. */
  private static final double STATUS_SECONDS = 10;

  private final RunDirectory directory;
  private final RunLayout layout;
  private final Commits commits;
  private final Spending spent;
  private final RunListener listener;
  private final RunProgress before;

  /** Null where Spark has no place for them. */
  private final RunMetrics metrics;

  private long failedTrials = RunStatus.UNKNOWN;
  private SaveCost cost = SaveCost.NONE;

  /** Seconds of the call when the status was written last. */
  private double written;

  /**
   * @param commits of which something is committed already
   */
  RunTeller(
      RunDirectory directory,
      RunLayout layout,
      Commits commits,
      Spending spent,
      RunListener listener) {
    this.directory = directory;
    this.layout = layout;
    this.commits = commits;
    this.spent = spent;
    this.listener = listener;
    before = layout.progress(commits.manifest(), null, 0);
    metrics = metrics(before, listener);
    status("running", "");
  }

  /** What they are made with is in every Spark, but not promised to be in later ones. */
  private static RunMetrics metrics(RunProgress before, RunListener listener) {
    try {
      return new RunMetrics(before);
    } catch (LinkageError e) {
      listener.message("this Spark shows no metrics of the run: " + e);
      return null;
    }
  }

  /** What checkpoints have cost in this call, once its tasks have ended. */
  void cost(SaveCost value) {
    cost = value;
  }

  SaveCost cost() {
    return cost;
  }

  /** Of how many trials of the sweep samples have failed, once that is counted. */
  void failedTrials(long count) {
    failedTrials = count;
  }

  /** After every commit; what has been committed by then. */
  RunProgress committed() {
    RunProgress now = progress();
    if (metrics != null) {
      metrics.update(now);
    }
    listener.progress(now);
    if (now.seconds() - written >= STATUS_SECONDS) {
      status("running", "");
    }
    return now;
  }

  RunProgress progress() {
    Manifest manifest = commits.manifest();
    return layout.progress(manifest, before, spent.seconds());
  }

  /** Writes the status, as {@link RunStatus} has it. */
  void status(String state, String detail) {
    RunProgress now = progress();
    written = now.seconds();
    Manifest manifest = commits.manifest();
    directory.status(
        new RunStatus(
            state,
            Instant.now(),
            manifest.targetSteps(),
            now,
            detail,
            layout.isSweep() ? failedTrials : RunStatus.UNKNOWN,
            cost,
            RunStatus.devices(manifest)));
  }

  @Override
  public void close() {
    if (metrics != null) {
      metrics.close();
    }
  }
}
