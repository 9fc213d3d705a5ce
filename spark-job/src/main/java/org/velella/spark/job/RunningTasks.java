package org.velella.spark.job;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * The tasks of one run's jobs that run; other jobs of the session stay as they are.
 *
 * <p>Ends those that Spark has stopped waiting for. When an executor is lost with input that it had
 * shuffled, Spark tries the whole stage again: it starts all unfinished tasks anew and lets the old
 * ones run on. Each of them would then compute its ranges to the end, twice. Once the old ones are
 * ended, the new ones go on from what they have saved.
 */
final class RunningTasks extends SparkListener implements AutoCloseable {
  private static final String MARK = "velella.run";

  /** Whether Spark interrupts the threads of tasks whose job is cancelled. */
  private static final String INTERRUPTS = "spark.job.interruptOnCancel";

  private static final long LOOK_MILLIS = 50;

  private final JavaSparkContext spark;
  private final String mark = UUID.randomUUID().toString();
  private final String interrupts;

  /** Guarded by this, as are the next ones: jobs of this run that have not ended. */
  private final Set<Integer> jobs = new HashSet<>();

  /** Stages of this run. */
  private final Set<Integer> stages = new HashSet<>();

  /** The stage attempts of running tasks, by task: stage and attempt. */
  private final Map<Long, int[]> running = new HashMap<>();

  /** Watches the jobs that this thread starts until it is closed. */
  RunningTasks(JavaSparkContext spark) {
    this.spark = spark;
    interrupts = spark.getLocalProperty(INTERRUPTS);
    // Notebooks set it, say; but tasks that are interrupted can save nothing.
    spark.setLocalProperty(INTERRUPTS, "false");
    spark.setLocalProperty(MARK, mark);
    spark.sc().addSparkListener(this);
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    int stage = submitted.stageInfo().stageId();
    int attempt = submitted.stageInfo().attemptNumber();
    if (submitted.properties() == null || !mark.equals(submitted.properties().get(MARK))) {
      return;
    }
    Set<Long> stale = new HashSet<>();
    synchronized (this) {
      stages.add(stage);
      running.forEach(
          (task, of) -> {
            if (of[0] == stage && of[1] < attempt) {
              stale.add(task);
            }
          });
    }
    SparkContext context = spark.sc();
    // Interrupted, so that they end at once, for others are computing the same already.
    stale.forEach(task -> context.killTaskAttempt(task, true, "its stage is tried again"));
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart started) {
    if (stages.contains(started.stageId())) {
      running.put(
          started.taskInfo().taskId(), new int[] {started.stageId(), started.stageAttemptId()});
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd ended) {
    running.remove(ended.taskInfo().taskId());
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart started) {
    if (started.properties() != null && mark.equals(started.properties().get(MARK))) {
      jobs.add(started.jobId());
    }
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd ended) {
    jobs.remove(ended.jobId());
  }

  /** By the end of a job, Spark has told of all its tasks that have begun. */
  private synchronized boolean areThere() {
    return !jobs.isEmpty() || !running.isEmpty();
  }

  /**
   * Waits until all tasks have ended, but not longer than is given: of a job that is cancelled,
   * they save what they have computed first.
   *
   * @param unwanted whether to wait no longer
   */
  void awaitEnd(long millis, BooleanSupplier unwanted) throws InterruptedException {
    for (long waited = 0; waited < millis && areThere(); waited += LOOK_MILLIS) {
      if (unwanted.getAsBoolean() || spark.sc().isStopped()) {
        return;
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  @Override
  public void close() {
    spark.sc().removeSparkListener(this);
    spark.setLocalProperty(MARK, null);
    spark.setLocalProperty(INTERRUPTS, interrupts);
  }
}
