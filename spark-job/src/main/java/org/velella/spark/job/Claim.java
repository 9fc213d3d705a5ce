package org.velella.spark.job;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.SampleRange;
import org.velella.spark.task.TaskSpec;

/**
 * Makes a run this driver's. What it goes on from is read whole first, which takes long if it is
 * much.
 */
record Claim(JavaSparkContext spark, TaskSpec tasks, RunDirectory directory, Commits commits) {
  /**
   * Commits it, and forgets what self-checks have found before. If it fails, the status says why.
   *
   * @throws RunFailedException if the process is told to end meanwhile
   */
  void make(Interruption interruption) throws IOException {
    try {
      commits.claim(saved -> damaged(saved, interruption));
      SelfChecks.forget(tasks, directory.store());
    } catch (CommitFailedException e) {
      // The run is another writer's, and so is its status.
      throw e;
    } catch (IOException | RuntimeException e) {
      boolean ends =
          interruption.isRequested() || Interruption.isOfThread(e) || spark.sc().isStopped();
      directory.ended(
          ends ? RunStatus.INTERRUPTED : RunStatus.FAILED,
          ends ? Interruption.WORDS : JobFailure.firstLine(e));
      throw e;
    }
  }

  private Set<SampleRange> damaged(List<RangeEntry> saved, Interruption interruption) {
    try {
      return new SavedStates(spark, tasks).damaged(saved, interruption::isRequested);
    } catch (ExecutionException e) {
      boolean ends = interruption.isRequested() || spark.sc().isStopped();
      throw ends ? Interruption.failure(e) : JobFailure.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Interruption.failure(e);
    }
  }
}
