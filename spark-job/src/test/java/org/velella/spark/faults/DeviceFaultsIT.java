package org.velella.spark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.backend.BackendUnavailableException;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunFailedException;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.task.IdleDevices;

/** F17 to F20: devices that are absent, full, lost, or wrong, as a fake device shows them. */
class DeviceFaultsIT {
  @TempDir private static Path folder;

  private static String expected;

  private final List<String> messages = new ArrayList<>();

  @BeforeAll
  static void undisturbed() {
    expected = FaultCluster.undisturbed(folder);
  }

  @AfterEach
  void unplug() {
    FakeDevice.unplug();
  }

  private void run(String name, String backend) {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, name, FaultCluster.STEPS)
            .checkpointEvery(FaultCluster.EVERY)
            .record(FaultCluster.RECORD)
            .backend(backend)
            .build(),
        TestRuns.collecting(messages));
  }

  private void assertUndisturbed(String name) {
    assertThat(RunHash.of(folder.resolve(name))).isEqualTo(expected);
    assertThat(RunHash.orphans(folder.resolve(name))).isEmpty();
    assertThat(TestSpark.session().sparkContext().isStopped()).isFalse();
  }

  /** F17: whoever leaves the choice open gets another backend, and is told so once. */
  @Test
  void absentDeviceIsNotUsed() {
    String device = FakeDevice.absent();
    run("absent", "auto");
    assertThat(messages.stream().filter(line -> line.contains(device)))
        .singleElement()
        .asString()
        .contains(device + ": not used, the driver library found no device", "using ");
    assertUndisturbed("absent");
    assertThatExceptionOfType(BackendUnavailableException.class)
        .isThrownBy(() -> run("absent-asked-for", device))
        .withMessageContainingAll(device, "no device", "Plug one in.");
  }

  /** Tasks go round the devices, and the run says what each of them has done. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void tasksShareTheDevices(int permits) throws IOException {
    String device = FakeDevice.withRoomFor(1000);
    String name = "shared" + permits;
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, name, FaultCluster.STEPS)
            .checkpointEvery(FaultCluster.EVERY)
            .record(FaultCluster.RECORD)
            .backend(device)
            .gpuPermits(permits)
            .build(),
        TestRuns.collecting(messages));
    assertUndisturbed(name);
    assertThat(FakeDevice.mostBusy()).isBetween(1, 2 * permits);
    assertThat(FakeDevice.programs()).as("kept for the next run").isPositive();
    IdleDevices.free();
    assertThat(FakeDevice.programs()).isZero();
    JsonNode devices = devices(name);
    assertThat(devices.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("Fake (F-0)", "Fake (F-1)");
    long launches = 0;
    for (JsonNode use : devices) {
      assertThat(use.get("launches").longValue()).isPositive();
      assertThat(use.get("fill_percent").longValue()).isEqualTo(50);
      launches += use.get("launches").longValue();
      assertThat(use.get("kernel_nanos").longValue())
          .isEqualTo(1000 * use.get("launches").longValue());
    }
    assertThat(launches).isEqualTo(FakeDevice.chunks());
  }

  private static JsonNode devices(String run) throws IOException {
    return new ObjectMapper()
        .readTree(folder.resolve(run).resolve("_run/status.json").toFile())
        .get("devices");
  }

  private static long launches(String run) throws IOException {
    long launches = 0;
    for (JsonNode use : devices(run)) {
      launches += use.get("launches").longValue();
    }
    return launches;
  }

  /** Tiles of 3 samples, and of an interval, of which the newest manifest has the states. */
  private static long savedTiles(String run) {
    return TestRuns.manifest(folder.resolve(run)).ranges().stream()
        .mapToLong(range -> range.step() / FaultCluster.EVERY * ((range.range().size() + 2) / 3))
        .sum();
  }

  /** More tasks than may compute at once take no more memory: programs for tiles of two sizes. */
  @Test
  void tasksThatWaitTakeNoMemory() {
    String device = FakeDevice.alone();
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "waiting", FaultCluster.STEPS)
            .checkpointEvery(FaultCluster.EVERY)
            .record(FaultCluster.RECORD)
            .backend(device)
            .gpuPermits(1)
            .build(),
        TestRuns.collecting(messages));
    assertUndisturbed("waiting");
    assertThat(FakeDevice.mostPrograms()).isBetween(1, 2);
  }

  /** F18: tiles are halved until they fit; the test's tiles have 3 samples, and 1. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void fullDeviceRunsSmallerTiles(int room) {
    String device = FakeDevice.withRoomFor(room);
    run("room" + room, device);
    assertUndisturbed("room" + room);
    assertThat(messages).noneMatch(line -> line.contains("a device failed"));
    assertLittleRepeated("f18 room for " + room, 0);
  }

  /** What does not fit is refused before it is begun, or in the midst of a tile. */
  private static void assertLittleRepeated(String name, long bound) {
    long repeated = FakeDevice.work() - FaultCluster.NEEDED;
    Measured.print(name, repeated, bound, FaultCluster.NEEDED);
    assertThat(repeated).isBetween(0L, bound);
  }

  /** F18: the tile that did not fit is begun again, at worst with its range's interval. */
  @Test
  void deviceThatFillsUpInTheMidstOfATile() throws IOException {
    String device = FakeDevice.fullAt(40);
    run("filling", device);
    assertUndisturbed("filling");
    assertLittleRepeated("f18 full at chunk 40", (long) FaultCluster.RANGE * FaultCluster.EVERY);
    assertThat(FakeDevice.work()).isGreaterThan(FaultCluster.NEEDED);
    // What the tile has done until then counts for nothing.
    assertThat(launches("filling")).isLessThan(FakeDevice.chunks());
  }

  /** F18: where not even one sample fits, another backend goes on. */
  @Test
  void fullDeviceIsLeft() {
    String device = FakeDevice.withRoomFor(0);
    run("no-room", "auto");
    assertUndisturbed("no-room");
    assertThat(messages).anyMatch(line -> line.contains("a device failed: 6 ranges"));
    assertThat(FakeDevice.chunks()).isZero();
    assertThat(FakeDevice.work()).isZero();
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(() -> run("no-room-asked-for", device))
        .withMessageContainingAll(device, "1000 bytes were asked for, 0 were free");
  }

  /** F18: others have taken all of it, so that it cannot even say what is free. */
  @Test
  void deviceThatCannotBeOpenedIsLeft() {
    String device = FakeDevice.withRoomFor(FakeDevice.NOT_EVEN_A_CONTEXT);
    for (String backend : List.of("auto", device)) {
      RunConfig config =
          TestRuns.config(folder, "unopened-" + backend, FaultCluster.STEPS)
              .checkpointEvery(FaultCluster.EVERY)
              .record(FaultCluster.RECORD)
              .backend(backend)
              .tileSize(0)
              .build();
      if (backend.equals("auto")) {
        SimulateJob.run(TestSpark.session(), config, TestRuns.collecting(messages));
        assertUndisturbed("unopened-auto");
      } else {
        assertThatExceptionOfType(RunFailedException.class)
            .isThrownBy(() -> SimulateJob.run(TestSpark.session(), config))
            .withMessageContainingAll(device, "1000 bytes were asked for, 0 were free");
      }
    }
    assertThat(FakeDevice.chunks()).isZero();
  }

  /** F19: what a lost device has computed since the last save is thrown away. */
  @ParameterizedTest
  @ValueSource(ints = {1, 30, 200})
  void lostDeviceIsLeft(int chunk) {
    String device = FakeDevice.lostAt(chunk);
    String name = "lost" + chunk;
    run(name, "auto");
    assertUndisturbed(name);
    assertThat(messages).anyMatch(line -> line.contains("a device failed"));
    // The other thread may have been on the device, too; nobody comes back to it.
    assertThat(FakeDevice.chunks()).isBetween((long) chunk, chunk + 1L);
    assertThat(FaultCluster.backends(folder.resolve(name))).contains("vector");
    // Nothing is kept of a device that nobody will use, nor of those beside it.
    assertThat(FakeDevice.programs()).isZero();
    long before = FakeDevice.chunks();
    run(name + "-again", "auto");
    assertUndisturbed(name + "-again");
    assertThat(FakeDevice.chunks()).isEqualTo(before);
    assertThatExceptionOfType(BackendUnavailableException.class)
        .isThrownBy(() -> run(name + "-asked-for", device))
        .withMessageContainingAll(device, "lost its device");
  }

  /** F20: one wrong spike, and every tile is computed twice. */
  @ParameterizedTest
  @ValueSource(strings = {"", "spikes"})
  void wrongSpikeIsFound(String record) {
    FakeDevice.wrongAt(40);
    String name = "wrong" + record;
    assertThatExceptionOfType(RunFailedException.class)
        .isThrownBy(() -> checked(name, record, 1))
        .withMessageContaining("Self-check: the scalar backend computes otherwise: ")
        .withMessageMatching(
            "(?s).*(output|spike counts|first spikes|readout) of sample \\d+ at step \\d+;.*");
  }

  /** F20: a backend that is right passes, whichever tiles are looked at. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void rightBackendPassesItsChecks(int every) {
    String name = "checked" + every;
    checked(name, FaultCluster.RECORD, every);
    assertUndisturbed(name);
  }

  private void checked(String name, String record, int every) {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, name, FaultCluster.STEPS)
            .checkpointEvery(FaultCluster.EVERY)
            .record(record)
            .backend("auto")
            .selfCheck(every)
            .build(),
        TestRuns.collecting(messages));
  }

  /** F19: who asked for the device keeps what is saved, and goes on when it is there again. */
  @Test
  void lostDeviceThatWasAskedFor() throws IOException {
    run("on-device", FakeDevice.withRoomFor(1000));
    assertThat(launches("on-device")).isEqualTo(FakeDevice.chunks());
    String device = FakeDevice.lostAt(100);
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> run("asked-for", device))
        .withMessageContaining(device);
    // What was saved counts, whoever has computed it; what was lost on the way does not.
    long whole = savedTiles("on-device");
    assertThat(whole).isEqualTo(FaultCluster.STEPS / FaultCluster.EVERY * (5 * 2 + 1));
    long saved = launches("asked-for");
    assertThat(saved).isEqualTo(savedTiles("asked-for") * launches("on-device") / whole);
    assertThat(saved).isBetween(1L, 99L);
    run("asked-for", "scalar");
    assertUndisturbed("asked-for");
    // A task may have saved once more after the last commit; what is computed now adds nothing.
    assertThat(launches("asked-for")).isBetween(saved, 99L);
  }
}
