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
  private static final long LOOK_MILLIS = 50;

  private final JavaSparkContext spark;
  private final String mark = UUID.randomUUID().toString();

  /** Guarded by this, as is the next one: stages of this run. */
  private final Set<Integer> stages = new HashSet<>();

  /** The stage attempts of running tasks, by task: stage and attempt. */
  private final Map<Long, int[]> running = new HashMap<>();

  /** Watches the jobs that this thread starts until it is closed. */
  RunningTasks(JavaSparkContext spark) {
    this.spark = spark;
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

  private synchronized boolean areThere() {
    return !running.isEmpty();
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
  }
}
