package org.velella.spark.data;

import java.time.Duration;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Waits for the tasks of a job that has failed. Spark says so as soon as one of them has; the
 * others are running still, and one that is about to write makes its folder anew if it was removed
 * meanwhile.
 */
final class WritingTasks extends SparkListener implements AutoCloseable {
  /** Spark kills what is left of a failed job; an executor that is lost may never say more. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * A write may fail before its job begins. One that has begun is heard of sooner, but where the
   * driver is so busy that Spark's events come this late; then something may stay behind.
   */
  private static final Duration UNHEARD = Duration.ofSeconds(10);

  private static final String MARK = "velella.writing";

  private final JavaSparkContext spark;
  private final String mark = UUID.randomUUID().toString();

  /** Guarded by this, as are the next three: whether a job has begun. */
  private boolean begun;

  private final Set<Integer> jobs = new HashSet<>();
  private final Set<Integer> stages = new HashSet<>();
  private final Set<Long> running = new HashSet<>();

  /** Watches the jobs that this thread starts until it is closed. */
  WritingTasks(JavaSparkContext spark) {
    this.spark = spark;
    spark.setLocalProperty(MARK, mark);
    spark.sc().addSparkListener(this);
  }

  /**
   * Returns when no task of the jobs is running, or after a minute; after a few seconds if no job
   * has begun. All tasks that have ever started are known by then: Spark reports a job's end after
   * the start of each of its tasks.
   */
  synchronized void awaitEnd() {
    long now = System.nanoTime();
    try {
      while (!begun || !jobs.isEmpty() || !running.isEmpty()) {
        long end = now + (begun ? LIMIT : UNHEARD).toNanos();
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOurs(Properties properties) {
    return properties != null && mark.equals(properties.get(MARK));
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart started) {
    if (isOurs(started.properties())) {
      begun = true;
      jobs.add(started.jobId());
      notifyAll();
    }
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd ended) {
    jobs.remove(ended.jobId());
    notifyAll();
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    if (isOurs(submitted.properties())) {
      stages.add(submitted.stageInfo().stageId());
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart started) {
    if (stages.contains(started.stageId())) {
      running.add(started.taskInfo().taskId());
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd ended) {
    running.remove(ended.taskInfo().taskId());
    notifyAll();
  }

  @Override
  public void close() {
    spark.sc().removeSparkListener(this);
    spark.setLocalProperty(MARK, null);
  }
}
