package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.backend.Caches;
import org.velella.network.Network;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.spark.TestNetwork;

class MemoryNeedTest {
  private static final long MIB = 1 << 20;

  /** 100 bytes of input, 1000 of memories, of which one has 800; a step takes 300. */
  private static final MemoryNeed NEED = new MemoryNeed(100, 1000, 800, 300, 0, 0);

  /**
   * Six inputs, five LIF neurons that feed back with delay, three CubaLIF neurons: what they hold
   * is 5 potentials, 5 delayed spikes, 3 potentials and 3 currents; counts are two numbers for each
   * of 3 outputs.
   */
  @Test
  void networkSaysWhatItTakes(@TempDir Path folder) {
    Network network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    MemoryNeed need =
        MemoryNeed.of(
            network, Probes.parse("spikes,v:readout,v:hidden", network), OutputMetrics.PLAIN, 77);
    assertThat(need.inputBytes()).isEqualTo(77);
    long floats =
        network.memories().values().stream().mapToLong(memory -> memory.shape().size()).sum();
    assertThat(need.stateBytes()).isEqualTo(4 * floats + 2 * 3 * 4);
    assertThat(need.traceBytes()).isEqualTo(4 * (3 + 5));
    // Input and all outputs of one step, and what three layers of 6, 5 and 5 inputs expand.
    long expanded =
        Caches.mostExpandedBytes(1, 6)
            + Caches.mostExpandedBytes(1, 5)
            + Caches.mostExpandedBytes(1, 5);
    int outputs =
        network.nodes().stream().mapToInt(node -> network.outputShape(node.name()).size()).sum();
    assertThat(need.stepBytes()).isEqualTo(4 * (6 + outputs) + expanded);
    assertThat(need.bufferBytes()).isEqualTo(3 * 32 * MIB);
    assertThat(MemoryNeed.of(network, Probes.NONE, OutputMetrics.PLAIN, 77).bufferBytes()).isZero();
  }

  @Test
  void rangesThatFitAreFine() {
    // 10 * (100 + 3 * 1000) + 300
    assertThat(NEED.taskBytes(10)).isEqualTo(31_300);
    assertThatCode(() -> NEED.requireFits(10, 31_300, false)).doesNotThrowAnyException();
  }

  @Test
  void largerOnesAreRefusedWithTheSizeThatFits() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> NEED.requireFits(11, 31_300, false))
        .withMessageContainingAll("A range of 11 samples", "--range-size 10 or less");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> NEED.requireFits(11, 31_300, true))
        .withMessageContaining("more memory")
        .withMessageNotContaining("--range-size");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> NEED.requireFits(1, 3_000, false))
        .withMessageContaining("spark.executor.memory")
        .withMessageNotContaining("--range-size");
  }

  /** An array of Java has at most 2^31 - 1 elements, whatever the heap. */
  @Test
  void aMemoryOfARangeStaysBelowTwoGibibytes() {
    MemoryNeed large = new MemoryNeed(0, 300 * MIB, 300 * MIB, 0, 0, 0);
    assertThatCode(() -> large.requireFits(6, Long.MAX_VALUE, false)).doesNotThrowAnyException();
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> large.requireFits(7, Long.MAX_VALUE, false))
        .withMessageContaining("--range-size 6 or less");
    MemoryNeed tooLarge = new MemoryNeed(0, 3000 * MIB, 3000 * MIB, 0, 0, 0);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> tooLarge.requireFits(1, Long.MAX_VALUE, false))
        .withMessageContaining("beyond 2 GiB");
  }
}
