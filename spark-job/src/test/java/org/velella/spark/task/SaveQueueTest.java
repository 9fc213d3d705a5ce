package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SaveQueueTest {
  private final List<String> events = new CopyOnWriteArrayList<>();

  /** Who brings a second save waits for the first, and not for its own. */
  @Test
  void oneSaveAtMostIsOnItsWay() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    try (SaveQueue queue = new SaveQueue("saves")) {
      queue.put(save("first", first));
      events.add("computing");
      Thread release =
          new Thread(
              () -> {
                awaitWaiting(Thread.currentThread());
                events.add("released");
                first.countDown();
              });
      waiter.set(Thread.currentThread());
      release.start();
      queue.put(save("second", second));
      release.join();
      assertThat(events).startsWith("computing", "released", "first");
      second.countDown();
      queue.drain();
      assertThat(events).containsExactly("computing", "released", "first", "second");
      assertThat(queue.saves()).isEqualTo(2);
      assertThat(queue.blockedNanos()).isPositive();
      assertThat(queue.writeNanos()).isPositive();
    }
  }

  private final AtomicReference<Thread> waiter = new AtomicReference<>();

  /** Until the thread that brings saves stands still. */
  private void awaitWaiting(Thread self) {
    while (waiter.get().getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
      assertThat(self.isInterrupted()).isFalse();
    }
  }

  private SaveQueue.Save save(String name, CountDownLatch until) {
    return () -> {
      try {
        until.await();
        events.add(name);
      } catch (InterruptedException e) {
        events.add(name + " interrupted");
        throw new IOException(e);
      }
    };
  }

  @Test
  void whatASaveThrowsReachesItsOwner() throws Exception {
    try (SaveQueue queue = new SaveQueue("saves")) {
      queue.put(
          () -> {
            throw new IOException("No space left on device");
          });
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> queue.put(() -> events.add("never")))
          .withMessage("No space left on device");
      queue.put(
          () -> {
            throw new IllegalArgumentException("wrong");
          });
      assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(queue::drain);
      queue.put(
          () -> {
            throw new OutOfMemoryError("none left");
          });
      assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(queue::drain);
    }
    assertThat(events).isEmpty();
  }

  /** Work that was handed over is good, whatever happens to its owner afterwards. */
  @Test
  void closingFinishesWhatIsOnItsWay() throws Exception {
    CountDownLatch until = new CountDownLatch(1);
    SaveQueue queue = new SaveQueue("saves");
    queue.put(save("last", until));
    until.countDown();
    queue.close();
    assertThat(events).containsExactly("last");
  }

  @Test
  void aKilledOwnerStopsItsSaves() throws Exception {
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread owner =
        new Thread(
            () -> {
              try (SaveQueue queue = new SaveQueue("saves")) {
                queue.put(save("stuck", never));
                queue.drain();
              } catch (IOException | RuntimeException e) {
                thrown.set(e);
                stillInterrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    owner.start();
    waiter.set(owner);
    awaitWaiting(Thread.currentThread());
    owner.interrupt();
    owner.join();
    assertThat(thrown.get()).isInstanceOf(SaveInterruptedException.class);
    assertThat(events).containsExactly("stuck interrupted");
    assertThat(stillInterrupted).isTrue();
  }
}
