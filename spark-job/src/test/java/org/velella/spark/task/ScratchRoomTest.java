package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.simulate.Probes;
import org.velella.spark.TestNetwork;
import org.velella.spark.job.NetworkSource;

class ScratchRoomTest {
  private static final long NEVER = Long.MAX_VALUE;

  private static ScratchRoom room(boolean shortens, long free) {
    return new ScratchRoom(100, shortens, LittleRoom.REFUSE, 4, () -> free);
  }

  /** 100 bytes of each of 10 samples and 20 steps: 20,000 bytes. */
  @Test
  void intervalThatWasAskedForIsKeptOrRefused() throws IOException {
    room(false, 20_000).require(10, 10 * 20);
    assertThat(room(false, 0).end(7, 27, 10)).isEqualTo(27);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> room(false, 19_999).require(10, 10 * 20))
        .withMessageContainingAll(
            "100 bytes per sample and step",
            "200 samples times steps",
            "--checkpoint-every",
            System.getProperty("java.io.tmpdir"));
  }

  @Test
  void whoWantsToIsOnlyTold() throws IOException {
    new ScratchRoom(100, false, LittleRoom.WARN, 4, () -> 0).require(10, 10 * 20);
  }

  @Test
  void longRunDoesNotOverflow() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> room(false, NEVER).require(10, 10.0 * NEVER))
        .withMessageContaining("free");
  }

  /** Half of a quarter of 80,000 bytes are ten steps. */
  @Test
  void intervalOfNoGivenLengthIsShortened() {
    assertThat(room(true, 80_000).end(7, NEVER, 10)).isEqualTo(17);
    assertThat(room(true, 80_000).end(7, 12, 10)).isEqualTo(12);
    assertThat(room(true, 0).end(7, 12, 10)).isEqualTo(8);
  }

  @Test
  void oneStepMustFit() throws IOException {
    room(true, 1000).require(10, 10 * 5);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> room(true, 999).require(10, 10 * 5))
        .withMessageContainingAll("10 samples times steps", "one step of each sample")
        .withMessageNotContaining("--checkpoint-every");
  }

  @Test
  void withoutTracesNobodyLooksAtTheDisk() throws IOException {
    ScratchRoom none =
        new ScratchRoom(
            0,
            true,
            LittleRoom.REFUSE,
            4,
            () -> {
              throw new AssertionError("looked");
            });
    none.require(10, 10.0 * NEVER);
    assertThat(none.end(0, NEVER, 10)).isEqualTo(NEVER);
  }

  /** Of this machine's disk, which has less than 2^62 bytes; 3 neurons are traced. */
  @Test
  void roomOfARunIsOfItsTracesAndItsIntervals(@TempDir Path folder) {
    Network network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    Probes probes = Probes.parse("spikes,v:readout", network);
    TaskSpec.Builder spec =
        TaskSpec.builder()
            .run("file:/nowhere", null)
            .network(NetworkCodec.toBytes(network))
            .identity("test-run", new TreeMap<>())
            .dt(1e-4)
            .backend("scalar");
    assertThat(ScratchRoom.traceBytes(network, probes)).isEqualTo(3 * 4);
    ScratchRoom fixed = ScratchRoom.of(spec.steps(NEVER, 1L << 60).build(), network, probes);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> fixed.require(1, 1L << 60))
        .withMessageContaining("12 bytes per sample and step");
    assertThat(fixed.end(0, 1L << 60, 1)).isEqualTo(1L << 60);
    ScratchRoom automatic =
        ScratchRoom.of(spec.steps(NEVER, CheckpointSchedule.AUTO).build(), network, probes);
    assertThat(automatic.end(0, 1L << 60, 1)).isBetween(1L, 1L << 59);
  }
}
