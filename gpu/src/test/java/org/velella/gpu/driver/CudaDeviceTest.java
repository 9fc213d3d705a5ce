package org.velella.gpu.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.gpu.testkit.OnDevice;

/** What holds on every device, the fake one or a real one. */
@OnDevice
@Isolated
class CudaDeviceTest {
  private CudaDevice device;
  private DeviceStream stream;

  @BeforeEach
  void open() {
    device = CudaDevice.open(0);
    stream = device.stream();
  }

  @AfterEach
  void close() {
    device.close();
    assertThat(device.openCount()).isZero();
  }

  private float[] download(DeviceBuffer buffer, int count) {
    try (HostBuffer host = device.pin(4L * count)) {
      stream.download(buffer, 0, host, 0, 4L * count);
      stream.synchronize();
      float[] values = new float[count];
      host.floats().get(values);
      return values;
    }
  }

  @Test
  void copiesKeepEveryBit() {
    int floats = 1000;
    DeviceBuffer one = device.allocate(4L * floats);
    DeviceBuffer other = device.allocate(4L * floats);
    HostBuffer from = device.pin(4L * floats);
    HostBuffer to = device.pin(4L * floats);
    for (int i = 0; i < floats; i++) {
      from.ints().put(i, i * 0x9E3779B9);
    }
    stream.upload(from, 0, one, 0, 4L * floats);
    stream.copy(one, 0, other, 0, 4L * floats);
    stream.download(other, 0, to, 0, 4L * floats);
    stream.synchronize();
    for (int i = 0; i < floats; i++) {
      assertThat(to.ints().get(i)).isEqualTo(i * 0x9E3779B9);
    }
  }

  @Test
  void copiesAndFillsStayWithinTheirBytes() {
    DeviceBuffer buffer = device.allocate(32);
    stream.fill(buffer, 0, 1, 8);
    stream.fill(buffer, 8, 0x7FC00000, 2);
    HostBuffer host = device.pin(32);
    host.longs().put(1, 0x1122334455667788L);
    stream.upload(host, 8, buffer, 24, 4);
    stream.synchronize();
    stream.download(buffer, 0, host, 0, 32);
    stream.synchronize();
    int[] words = new int[8];
    host.ints().get(words);
    assertThat(words).containsExactly(1, 1, 0x7FC00000, 0x7FC00000, 1, 1, 0x55667788, 1);
  }

  @Test
  void viewsShareTheBytes() {
    HostBuffer host = device.pin(16);
    FloatBuffer floats = host.floats();
    LongBuffer longs = host.longs();
    floats.put(0, 1.0f).put(1, -0.0f);
    assertThat(longs.get(0)).isEqualTo(0x80000000_3F800000L);
    assertThat(host.buffer().get(3)).isEqualTo((byte) 0x3F);
    assertThat(host.bytes()).isEqualTo(16);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "31, 32", "1000, 256", "5, 128"})
  void argumentsArriveInOrder(int count, int threads) {
    DeviceBuffer out = device.allocate(4L * (count + 1));
    stream.fill(out, 0, 0, count + 1);
    DeviceFunction affine = device.load(TestKernels.AFFINE).function("affine");
    KernelArguments arguments =
        new KernelArguments().pointer(out, 4).int32(count).float32(0.5f).int64(3);
    stream.launch(affine, LaunchShape.of((count + threads - 1) / threads, threads), arguments);
    // The launch has read them.
    arguments.clear().pointer(out, 0).int32(-1).float32(Float.NaN).int64(-1);
    float[] values = download(out, count + 1);
    assertThat(values[0]).isZero();
    for (int i = 0; i < count; i++) {
      assertThat(values[i + 1]).isEqualTo(0.5f * i + 3);
    }
  }

  @Test
  void oneArgumentsObjectServesManyLaunches() {
    DeviceBuffer out = device.allocate(64);
    DeviceFunction affine = device.load(TestKernels.AFFINE).function("affine");
    KernelArguments arguments = new KernelArguments();
    for (int i = 0; i < 16; i++) {
      arguments.clear().pointer(out, 4L * i).int32(1).float32(0).int64(i * i);
      stream.launch(affine, LaunchShape.of(1, 32), arguments);
    }
    float[] values = download(out, 16);
    for (int i = 0; i < 16; i++) {
      assertThat(values[i]).isEqualTo(i * i);
    }
  }

  @Test
  void streamWaitsForAnotherStreamsEvent() {
    DeviceBuffer one = device.allocate(4);
    DeviceBuffer two = device.allocate(4);
    DeviceStream second = device.stream();
    stream.fill(one, 0, 17, 1);
    try (DeviceEvent filled = stream.record()) {
      second.waitFor(filled);
      second.copy(one, 0, two, 0, 4);
      HostBuffer host = device.pin(4);
      second.download(two, 0, host, 0, 4);
      second.synchronize();
      assertThat(host.ints().get(0)).isEqualTo(17);
      assertThat(filled.reached()).isTrue();
    }
  }

  @Test
  void eventsMeasureTime() {
    DeviceBuffer buffer = device.allocate(1 << 20);
    try (DeviceEvent begin = stream.record()) {
      stream.fill(buffer, 0, 0, 1 << 18);
      DeviceEvent end = stream.record();
      assertThat(end.secondsSince(begin)).isBetween(0.0, 60.0);
      assertThat(begin.secondsSince(begin)).isZero();
    }
  }

  @Test
  void eventIsUsedAgain() {
    DeviceBuffer buffer = device.allocate(4);
    HostBuffer host = device.pin(4);
    DeviceEvent event = stream.record();
    for (int i = 0; i < 5; i++) {
      stream.fill(buffer, 0, i, 1);
      stream.download(buffer, 0, host, 0, 4);
      stream.record(event);
      event.synchronize();
      assertThat(host.ints().get(0)).isEqualTo(i);
    }
  }

  @Test
  void wrongDeviceCodeShowsTheAssemblersLog() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> device.load(TestKernels.WRONG))
        .withMessageContaining("does not assemble this device code")
        .withMessageContaining("nonsense");
  }

  @Test
  void absentKernelIsNamed() {
    DeviceModule module = device.load(TestKernels.AFFINE);
    assertThatExceptionOfType(DriverException.class)
        .isThrownBy(() -> module.function("absent"))
        .withMessageContainingAll("'absent'", "CUDA_ERROR_NOT_FOUND");
  }

  @Test
  void functionSaysWhatItTakes() {
    DeviceFunction affine = device.load(TestKernels.AFFINE).function("affine");
    assertThat(affine.registers()).isBetween(1, 255);
    assertThat(affine.localBytes()).isZero();
    assertThat(affine.sharedBytes()).isZero();
    assertThat(affine.maxThreads()).isEqualTo(1024);
    assertThat(affine.blocksPerMultiprocessor(256, 0)).isBetween(1, 32);
    int most = device.info().multiprocessors() * device.info().threadsPerMultiprocessor();
    assertThat(affine.fill(LaunchShape.of(1, 256))).isEqualTo(256.0 / most);
    assertThat(affine.fill(LaunchShape.of(1 << 20, 256))).isBetween(0.5, 1.0);
    // More than a block gets unasked.
    assertThat(affine.blocksPerMultiprocessor(32, 60 << 10)).isBetween(1, 32);
  }

  @Test
  void muchSharedMemoryIsAskedFor() {
    DeviceBuffer out = device.allocate(4);
    DeviceFunction affine = device.load(TestKernels.AFFINE).function("affine");
    KernelArguments arguments = new KernelArguments().pointer(out, 0).int32(1).float32(0).int64(9);
    stream.launch(affine, new LaunchShape(1, 1, 1, 32, 1, 60 << 10), arguments);
    assertThat(download(out, 1)).containsExactly(9);
    assertThatExceptionOfType(DriverException.class)
        .isThrownBy(
            () -> stream.launch(affine, new LaunchShape(1, 1, 1, 32, 1, 4 << 20), arguments))
        .withMessageContaining("4194304 bytes of shared memory");
  }

  @Test
  void everythingHasEdges() {
    DeviceBuffer buffer = device.allocate(16);
    HostBuffer host = device.pin(16);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> stream.upload(host, 0, buffer, 4, 16))
        .withMessage("16 bytes from byte 4 of a buffer of 16 bytes");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> stream.download(buffer, -1, host, 0, 4));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> stream.fill(buffer, 12, 0, 2));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> new KernelArguments().pointer(buffer, 17));
    assertThatIllegalArgumentException().isThrownBy(() -> device.allocate(0));
    assertThatIllegalArgumentException().isThrownBy(() -> device.pin(1L << 31));
    assertThatIllegalArgumentException().isThrownBy(() -> LaunchShape.of(0, 32));
  }

  @Test
  void closedThingsRefuse() {
    DeviceBuffer buffer = device.allocate(16);
    KernelArguments arguments =
        new KernelArguments().pointer(buffer, 0).int32(1).float32(0).int64(0);
    DeviceFunction affine = device.load(TestKernels.AFFINE).function("affine");
    buffer.close();
    buffer.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> stream.launch(affine, LaunchShape.of(1, 1), arguments))
        .withMessage("This DeviceBuffer is closed");
    assertThatIllegalStateException().isThrownBy(() -> stream.fill(buffer, 0, 0, 1));
    stream.close();
    assertThatIllegalStateException().isThrownBy(stream::synchronize);
    device.close();
    device.close();
    assertThatIllegalStateException().isThrownBy(() -> device.allocate(1));
    assertThatIllegalStateException().isThrownBy(() -> device.freeBytes());
  }

  @Test
  void closingCountsDown() {
    int before = device.openCount();
    DeviceBuffer buffer = device.allocate(16);
    DeviceModule module = device.load(TestKernels.AFFINE);
    assertThat(device.openCount()).isEqualTo(before + 2);
    buffer.close();
    module.close();
    assertThat(device.openCount()).isEqualTo(before);
  }

  @Test
  void deviceDescribesItself() {
    DeviceInfo info = device.info();
    assertThat(info.ordinal()).isZero();
    assertThat(info.name()).isNotBlank();
    assertThat(info.uuid())
        .matches("GPU-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    assertThat(info.multiprocessors()).isPositive();
    assertThat(info.totalBytes()).isGreaterThanOrEqualTo(device.freeBytes());
    assertThat(info.text()).startsWith(info.name()).endsWith(" GiB");
  }

  @Test
  void absentDeviceIsRefused() {
    int none = CudaProbe.here().devices();
    assertThatExceptionOfType(DriverException.class)
        .isThrownBy(() -> CudaDevice.open(none))
        .withMessageContaining("CUDA_ERROR_INVALID_DEVICE");
  }
}
