package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdleTimerTest {
  private final List<Runnable> due = new ArrayList<>();
  private final List<Long> delays = new ArrayList<>();
  private long now;
  private int done;

  /** Keeps what is to be run later, and when. */
  private final class Scheduler extends ScheduledThreadPoolExecutor {
    Scheduler() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      due.add(command);
      delays.add(unit.toSeconds(delay));
      return null;
    }
  }

  private void look(int which) {
    due.get(which).run();
  }

  @Test
  void actsOnceNothingHasHappened() {
    try (var closer = new Closer(new Scheduler())) {
      IdleTimer timer = new IdleTimer(closer.scheduler(), () -> now, 60, () -> done++);
      timer.touch();
      now = TimeUnit.SECONDS.toNanos(20);
      timer.touch();
      assertThat(delays).as("one look is enough").containsExactly(60L);
      now = TimeUnit.SECONDS.toNanos(60);
      look(0);
      assertThat(done).isZero();
      assertThat(delays).as("the rest since the last touch").containsExactly(60L, 20L);
      now = TimeUnit.SECONDS.toNanos(80);
      look(1);
      assertThat(done).isEqualTo(1);
      timer.touch();
      assertThat(delays).containsExactly(60L, 20L, 60L);
      now = TimeUnit.SECONDS.toNanos(140);
      look(2);
      assertThat(done).isEqualTo(2);
    }
  }

  private record Closer(Scheduler scheduler) implements AutoCloseable {
    @Override
    public void close() {
      scheduler.shutdownNow();
    }
  }
}
