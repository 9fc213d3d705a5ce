package org.velella.gpu.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;
import org.velella.gpu.testkit.FakeCuda;
import org.velella.gpu.testkit.OnFakeDevice;

/** What only a driver shows that fails when it is told to. */
@OnFakeDevice
class FakeDeviceTest {
  private static final long GIBIBYTE = 1L << 30;

  /** A lost device stays lost to the process, so every test that loses one takes another. */
  private static final AtomicInteger NEXT = new AtomicInteger(FakeCuda.DEVICES);

  private long liveBefore;

  static int deviceToLose() {
    return NEXT.decrementAndGet();
  }

  @BeforeEach
  void count() {
    liveBefore = FakeCuda.live();
  }

  @AfterEach
  void nothingLeaks() {
    FakeCuda.failAllocation(0);
    assertThat(FakeCuda.live()).isEqualTo(liveBefore);
  }

  @Test
  void fullDeviceSaysWhatWasFree() {
    try (CudaDevice device = CudaDevice.open(0)) {
      FakeCuda.memory(0, 1000 + FakeCuda.usedBytes(0));
      DeviceBuffer buffer = device.allocate(600);
      assertThatExceptionOfType(DeviceMemoryException.class)
          .isThrownBy(() -> device.allocate(401))
          .withMessage(
              "The device of backend 'cuda' has no room: 401 bytes were asked for, 400 were free");
      buffer.close();
      assertThat(device.freeBytes()).isEqualTo(1000);
      device.allocate(1000).close();
    } finally {
      FakeCuda.memory(0, GIBIBYTE);
    }
  }

  @Test
  void failedAllocationOfTheHostIsToldToo() {
    try (CudaDevice device = CudaDevice.open(0)) {
      FakeCuda.failAllocation(2);
      device.allocate(1).close();
      assertThatExceptionOfType(DeviceMemoryException.class).isThrownBy(() -> device.pin(8));
      device.pin(8).close();
    }
  }

  @Test
  void closingADeviceFreesWhatIsLeft() {
    long before = FakeCuda.live();
    CudaDevice device = CudaDevice.open(0);
    DeviceStream stream = device.stream();
    DeviceBuffer buffer = device.allocate(64);
    HostBuffer host = device.pin(64);
    device.load(TestKernels.AFFINE).function("affine");
    stream.fill(buffer, 0, 1, 16);
    stream.download(buffer, 0, host, 0, 64);
    stream.record();
    assertThat(FakeCuda.live()).isEqualTo(before + 5);
    device.close();
    assertThat(FakeCuda.live()).isEqualTo(before);
    assertThat(FakeCuda.contexts()).isZero();
  }

  @Test
  void listingDevicesUsesNone() {
    List<DeviceInfo> all = CudaDevice.all();
    assertThat(all).hasSize(FakeCuda.DEVICES);
    assertThat(all.get(3).name()).isEqualTo("Fake device 3");
    assertThat(all.get(3).ordinal()).isEqualTo(3);
    assertThat(FakeCuda.contexts()).isZero();
  }

  @Test
  void ownersShareTheContext() {
    CudaDevice one = CudaDevice.open(0);
    CudaDevice two = CudaDevice.open(0);
    assertThat(FakeCuda.contexts()).isEqualTo(1);
    DeviceBuffer buffer = two.allocate(8);
    one.close();
    assertThat(FakeCuda.contexts()).isEqualTo(1);
    two.stream().fill(buffer, 0, 0, 2);
    two.close();
    assertThat(FakeCuda.contexts()).isZero();
  }

  @Test
  void devicesHaveTheirOwnMemory() {
    try (CudaDevice one = CudaDevice.open(1);
        CudaDevice two = CudaDevice.open(2)) {
      assertThat(one.info().uuid()).isNotEqualTo(two.info().uuid());
      long used = FakeCuda.usedBytes(1);
      DeviceBuffer buffer = two.allocate(4096);
      assertThat(FakeCuda.usedBytes(1)).isEqualTo(used);
      assertThat(FakeCuda.usedBytes(2)).isEqualTo(4096);
      DeviceStream stream = one.stream();
      // The other device's memory is out of reach.
      assertThatExceptionOfType(DriverException.class)
          .isThrownBy(() -> stream.fill(buffer, 0, 0, 1))
          .withMessageContaining("CUDA_ERROR_INVALID_VALUE");
      // One thread may go from device to device.
      DeviceStream other = two.stream();
      other.fill(buffer, 0, 0, 1);
      stream.fill(one.allocate(4), 0, 0, 1);
      other.synchronize();
      stream.synchronize();
    }
  }

  @Test
  void lostDeviceStaysLost() {
    int ordinal = deviceToLose();
    CudaDevice device = CudaDevice.open(ordinal);
    CudaDevice bystander = CudaDevice.open(ordinal);
    DeviceBuffer out = device.allocate(64);
    DeviceStream stream = device.stream();
    DeviceFunction affine = device.load(TestKernels.AFFINE).function("affine");
    KernelArguments arguments = new KernelArguments().pointer(out, 0).int32(4).float32(0).int64(0);
    FakeCuda.loseAtLaunch(ordinal, 2);
    stream.launch(affine, LaunchShape.of(1, 32), arguments);
    stream.synchronize();
    stream.launch(affine, LaunchShape.of(1, 32), arguments);
    // The launch went well; it is the work that fails.
    assertThatExceptionOfType(DeviceLostException.class)
        .isThrownBy(stream::synchronize)
        .withMessageContainingAll("backend 'cuda'", "device " + ordinal, "ILLEGAL_ADDRESS");
    assertThat(device.isLost()).isTrue();
    assertThatExceptionOfType(DeviceLostException.class).isThrownBy(stream::synchronize);
    assertThatExceptionOfType(DeviceLostException.class).isThrownBy(() -> bystander.allocate(1));
    assertThatExceptionOfType(DeviceLostException.class)
        .isThrownBy(() -> CudaDevice.open(ordinal))
        .withMessageContaining("illegal memory access");
    device.close();
    bystander.close();
    // What it held is gone with it; the fake keeps it.
    liveBefore += 3;
    try (CudaDevice other = CudaDevice.open(0)) {
      other.allocate(1).close();
    }
  }

  @Test
  void kernelThatStraysLosesTheDevice() {
    int ordinal = deviceToLose();
    try (CudaDevice device = CudaDevice.open(ordinal)) {
      DeviceBuffer small = device.allocate(64);
      DeviceStream stream = device.stream();
      DeviceFunction stray = device.load(TestKernels.STRAY).function("stray");
      stream.launch(stray, LaunchShape.of(1, 1), new KernelArguments().int64(small.address() + 62));
      assertThatExceptionOfType(DeviceLostException.class)
          .isThrownBy(stream::synchronize)
          .withMessageContaining("stray");
    }
    liveBefore += 3;
  }

  /** Work is done late here, so reading too early shows. */
  @Test
  void nothingIsThereBeforeItIsWaitedFor() {
    try (CudaDevice device = CudaDevice.open(0)) {
      DeviceBuffer buffer = device.allocate(4);
      HostBuffer host = device.pin(4);
      DeviceStream stream = device.stream();
      stream.fill(buffer, 0, 5, 1);
      stream.download(buffer, 0, host, 0, 4);
      DeviceEvent event = stream.record();
      assertThat(host.ints().get(0)).isEqualTo(-1);
      event.synchronize();
      assertThat(host.ints().get(0)).isEqualTo(5);
    }
  }

  @Test
  void threadsShareADevice() throws Exception {
    int threads = 4;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int seed = t;
        all.add(pool.submit(() -> useMuch(seed)));
      }
      for (Future<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(FakeCuda.contexts()).isZero();
  }

  private static void useMuch(int seed) {
    for (int round = 0; round < 20; round++) {
      try (CudaDevice device = CudaDevice.open(round % 3)) {
        DeviceBuffer buffer = device.allocate(400);
        HostBuffer host = device.pin(400);
        DeviceStream stream = device.stream();
        DeviceFunction affine = device.load(TestKernels.AFFINE).function("affine");
        stream.launch(
            affine,
            LaunchShape.of(4, 32),
            new KernelArguments().pointer(buffer, 0).int32(100).float32(seed).int64(round));
        stream.download(buffer, 0, host, 0, 400);
        stream.synchronize();
        for (int i = 0; i < 100; i++) {
          assertThat(host.floats().get(i)).isEqualTo((float) seed * i + round);
        }
      }
    }
  }

  /** As Spark kills a task: it interrupts the thread. */
  @Test
  void interruptedThreadLeavesNothing() throws InterruptedException {
    CountDownLatch holding = new CountDownLatch(1);
    Thread task =
        new Thread(
            () -> {
              try (CudaDevice device = CudaDevice.open(0)) {
                DeviceStream stream = device.stream();
                DeviceBuffer buffer = device.allocate(1000);
                stream.fill(buffer, 0, 0, 250);
                holding.countDown();
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    task.start();
    holding.await();
    assertThat(FakeCuda.live()).isEqualTo(liveBefore + 2);
    task.interrupt();
    task.join();
    assertThat(FakeCuda.live()).isEqualTo(liveBefore);
    assertThat(FakeCuda.contexts()).isZero();
  }

  @Test
  void closedByAnotherThreadMeanwhile() {
    CudaDevice device = CudaDevice.open(0);
    DeviceStream stream = device.stream();
    device.close();
    assertThatThrownBy(stream::record).isInstanceOf(IllegalStateException.class);
  }
}
