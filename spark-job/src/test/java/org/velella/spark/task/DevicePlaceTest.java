package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.TaskKilledException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.velella.backend.Availability;
import org.velella.backend.Backends;
import org.velella.backend.DeviceBackend;
import org.velella.backend.DeviceBackend.Device;
import org.velella.backend.DeviceUse;
import org.velella.backend.Program;
import org.velella.plan.Plan;

class DevicePlaceTest {
  private static final List<Device> TWO =
      List.of(new Device(0, "A", "GPU-a", 1000), new Device(1, "B", "GPU-b", 3000));

  private static int ordinal(String visible, int partition, String... addresses) {
    return DevicePlace.device(TWO, List.of(addresses), visible, partition).ordinal();
  }

  @Test
  void taskTakesWhatSparkHasAssigned() {
    assertThat(ordinal(null, 0, "1")).isEqualTo(1);
    assertThat(ordinal(null, 1, "0")).isZero();
    assertThat(ordinal("", 1, "0")).isZero();
    assertThat(ordinal(null, 0, "GPU-b")).isEqualTo(1);
    assertThat(ordinal(null, 0, "1", "0")).isEqualTo(1);
  }

  @Test
  void addressesAreTheHostsNumbers() {
    assertThat(ordinal("5,3", 0, "3")).isEqualTo(1);
    assertThat(ordinal(" 5 , 3 ", 0, "5")).isZero();
    assertThat(ordinal("1,0", 0, "0")).isEqualTo(1);
    // Where a container renumbers them as well, they are this process's.
    assertThat(ordinal("7,8", 0, "1")).isEqualTo(1);
  }

  @Test
  void withoutAssignmentTasksGoRound() {
    assertThat(ordinal(null, 0)).isZero();
    assertThat(ordinal(null, 1)).isEqualTo(1);
    assertThat(ordinal(null, 2)).isZero();
  }

  @Test
  void unseenDeviceIsNamed() {
    assertThatIllegalStateException()
        .isThrownBy(() -> ordinal("0,1", 0, "4"))
        .withMessageContainingAll("GPU '4'", "0 (GPU-a)", "1 (GPU-b)", "CUDA_VISIBLE_DEVICES=0,1");
    assertThatIllegalStateException().isThrownBy(() -> ordinal(null, 0, "GPU-c"));
  }

  @Test
  void processorHasNoDevice() {
    DevicePlace place = DevicePlace.of(Backends.load().named("scalar"), 1);
    assertThat(place.isDevice()).isFalse();
    assertThat(place.text()).isEmpty();
    assertThat(place.key()).isEqualTo("scalar");
    place.enter(Assertions::fail).close();
    place.enter(Assertions::fail).close();
  }

  @Test
  void deviceHasItsShareOfMemory() {
    DevicePlace place = DevicePlace.of(new Devices("share", 600), 2);
    assertThat(place.text()).isEqualTo("A (GPU-a)");
    assertThat(place.budget()).isEqualTo(300);
    assertThat(DevicePlace.of(new Devices("share", 1L << 40), 2).budget()).isEqualTo(500);
  }

  @Test
  void onlySoManyTilesAreOnADevice() throws InterruptedException {
    int permits = 2;
    DevicePlace place = DevicePlace.of(new Devices("busy", 1000), permits);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads =
        java.util.stream.IntStream.range(0, 6)
            .mapToObj(i -> new Thread(() -> visit(place, inside, most)))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most.get()).isBetween(1, permits);
    assertThat(inside.get()).isZero();
  }

  private static void visit(DevicePlace place, AtomicInteger inside, AtomicInteger most) {
    for (int i = 0; i < 50; i++) {
      try (DevicePlace.Permit permit = place.enter(() -> {})) {
        assertThat(permit).isNotNull();
        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
        Thread.onSpinWait();
        inside.decrementAndGet();
      }
    }
  }

  @Test
  void waitingEndsWithTheTask() throws InterruptedException {
    DevicePlace place = DevicePlace.of(new Devices("wait", 1000), 1);
    DevicePlace.Permit held = place.enter(() -> {});
    Assertions.assertThatExceptionOfType(TaskKilledException.class)
        .isThrownBy(
            () ->
                place.enter(
                    () -> {
                      throw new TaskKilledException("by the test");
                    }));
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread waiting =
        new Thread(
            () -> {
              try {
                place.enter(() -> {});
              } catch (TaskKilledException e) {
                interrupted.countDown();
              }
            });
    waiting.start();
    waiting.interrupt();
    waiting.join();
    assertThat(interrupted.getCount()).isZero();
    held.close();
    place.enter(Assertions::fail).close();
  }

  /** Devices that are only spoken of. */
  private record Devices(String name, long freeBytes) implements DeviceBackend {
    @Override
    public List<Device> devices() {
      return TWO;
    }

    @Override
    public DeviceBackend on(int ordinal) {
      return this;
    }

    @Override
    public DeviceUse use() {
      return DeviceUse.NONE;
    }

    @Override
    public Availability availability() {
      return Availability.yes("spoken of");
    }

    @Override
    public int preference() {
      return 0;
    }

    @Override
    public Program compile(Plan plan) {
      throw new UnsupportedOperationException();
    }
  }
}
