package org.velella.spark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.velella.spark.TestSpark;

/** In local mode, so that tasks share what is static here. */
class WritingTasksIT {
  private static final CountDownLatch RUNNING = new CountDownLatch(1);
  private static final CountDownLatch MAY_END = new CountDownLatch(1);
  private static volatile boolean ended;

  /** The second task runs on when the first has failed, and only then is let go. */
  @Test
  void tasksThatRunOnAreWaitedFor() throws InterruptedException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext());
    try (WritingTasks tasks = new WritingTasks(spark)) {
      assertThatThrownBy(() -> spark.parallelize(List.of(0, 1), 2).foreach(WritingTasksIT::task))
          .hasStackTraceContaining("the first has failed");
      assertThat(ended).isFalse();
      Thread release =
          new Thread(
              () -> {
                try {
                  Thread.sleep(300);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                MAY_END.countDown();
              });
      release.start();
      tasks.awaitEnd();
      assertThat(ended).isTrue();
      release.join();
    }
  }

  /** Such as one whose folder cannot be made. */
  @Test
  @Timeout(30)
  void aJobThatNeverBeganIsNotWaitedFor() {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext());
    try (WritingTasks tasks = new WritingTasks(spark)) {
      tasks.awaitEnd();
    }
  }

  private static void task(int number) throws InterruptedException {
    if (number == 0) {
      RUNNING.await(1, TimeUnit.MINUTES);
      throw new IllegalStateException("the first has failed");
    }
    RUNNING.countDown();
    MAY_END.await(1, TimeUnit.MINUTES);
    ended = true;
  }
}
