package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.encoding.LatencyEncoder;
import org.velella.encoding.PeriodicEncoder;
import org.velella.encoding.PoissonEncoder;
import org.velella.encoding.WeightedPhaseEncoder;
import org.velella.module.Memories;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.ModuleError;
import org.velella.module.ModuleException;
import org.velella.module.OperationModule;
import org.velella.module.Sequential;
import org.velella.neuron.IfNode;
import org.velella.neuron.MaskedPsn;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Numbers that a memory cannot hold are refused before anything is computed with them. */
class MemoryRangeTest {
  private static final INDArray INPUT = Nd4j.zeros(DataType.FLOAT, 1, 1);

  private static PeriodicEncoder periodic() {
    return new PeriodicEncoder(Nd4j.createFromArray(new float[][] {{1}, {0}}));
  }

  private static MaskedPsn masked() {
    return new MaskedPsn(1, Nd4j.eye(2).castTo(DataType.FLOAT), Nd4j.createFromArray(-1f, -1f));
  }

  /** Sets a memory of a module inside a Sequential, and loads it, which must both be refused. */
  private static void refused(MemoryModule module, String name, MemoryValue value, String problem) {
    Sequential net = new Sequential(module);
    MemoryValue before = module.memory(name);
    module.setMemory(name, value);
    requireRefusal(net, module, name, problem);
    module.setMemory(name, before);
    List<MemoryValue> all = new java.util.ArrayList<>(Memories.memories(net));
    all.replaceAll(each -> each.equals(before) ? value : each);
    if (value.kind() == before.kind()) {
      Memories.loadMemories(net, all);
      requireRefusal(net, module, name, problem);
    }
  }

  private static void requireRefusal(
      Sequential net, MemoryModule module, String name, String problem) {
    MemoryValue set = module.memory(name);
    assertThatExceptionOfType(ModuleException.class)
        .isThrownBy(() -> net.forward(INPUT))
        .withMessage("Memory '0." + name + "' " + problem)
        .satisfies(e -> assertThat(e.error()).isEqualTo(ModuleError.MEMORY_VALUE));
    assertThat(module.memory(name)).isEqualTo(set);
  }

  @Test
  void placesOutsideACycleAreRefused() {
    refused(periodic(), "t", MemoryValue.integer(-1), "is -1, but must be from 0 to 1");
    refused(periodic(), "t", MemoryValue.integer(9), "is 9, but must be from 0 to 1");
    String any = "is -1, but must be from 0 to " + Long.MAX_VALUE;
    refused(new LatencyEncoder(3), "t", MemoryValue.integer(-1), any);
    refused(new WeightedPhaseEncoder(3), "t", MemoryValue.integer(-1), any);
  }

  @Test
  void thePlacesOfACycleAreTaken() {
    PeriodicEncoder module = periodic();
    module.setMemory("t", MemoryValue.integer(1));
    assertThat(NdArrays.toTensor(module.forward(INPUT)).floats()).containsExactly(0);
    assertThat(module.memory("t")).isEqualTo(MemoryValue.integer(0));
  }

  @Test
  void stepsWithoutWeightsAreRefused() {
    refused(masked(), "step", MemoryValue.integer(-1), "is -1, but must be from 0 to 2");
    refused(masked(), "step", MemoryValue.integer(3), "is 3, but must be from 0 to 2");
  }

  /** Random numbers exist for 2^32 steps; a run may stand behind the last. */
  @Test
  void stepsWithoutRandomNumbersAreRefused() {
    refused(
        new PoissonEncoder(),
        "step",
        MemoryValue.integer(-1),
        "is -1, but must be from 0 to 4294967296");
    refused(
        new PoissonEncoder(),
        "step",
        MemoryValue.scalar(1.5),
        "is scalar 1.5, which is no number of INT64");
    PoissonEncoder last = new PoissonEncoder();
    last.setMemory("step", MemoryValue.integer(4294967296L));
    assertThatThrownBy(() -> last.forward(INPUT)).hasMessageContaining("0 to 4294967295");
  }

  @Test
  void numbersBeyondFloat32AreRefused() {
    refused(
        new IfNode(),
        "v",
        MemoryValue.scalar(1e300),
        "is scalar 1.0E300, which is no number of FLOAT32");
    IfNode infinite = new IfNode();
    infinite.setMemory("v", MemoryValue.scalar(Double.NEGATIVE_INFINITY));
    infinite.forward(INPUT);
    assertThat(infinite.memory("v").tensor().floats()).containsExactly(Float.NEGATIVE_INFINITY);
    IfNode largest = new IfNode();
    largest.setMemory("v", MemoryValue.scalar(-3.4028234663852886e38));
    largest.forward(INPUT);
    assertThat(largest.memory("v").tensor().floats()).containsExactly(-Float.MAX_VALUE);
  }

  @Test
  void newSamplesDoNotStartFromNumbersBeyondFloat32() {
    IfNode module = new IfNode();
    module.forward(INPUT);
    module.setResetValue("v", MemoryValue.scalar(1e300));
    assertThatExceptionOfType(ModuleException.class)
        .isThrownBy(() -> module.resizeBatch(2))
        .satisfies(e -> assertThat(e.error()).isEqualTo(ModuleError.MEMORY_VALUE));
  }

  /** A checkpoint that was written elsewhere need not keep to what this one writes. */
  @Test
  void runsRefuseThemWithTheirPath() {
    refusedByARun(periodic(), -1, "Memory 0.t must be from 0 to 1, found -1");
    refusedByARun(periodic(), 2, "Memory 0.t must be from 0 to 1, found 2");
    refusedByARun(masked(), -1, "Memory 0.step must be from 0 to 2, found -1");
  }

  private static void refusedByARun(OperationModule module, long value, String message) {
    Network network = Networks.fromModule(new Sequential(module), Shape.of(1));
    try (Simulator simulator =
        new Simulator(network, new ScalarBackend(), Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileState fresh = simulator.initial(1, TileParameters.NONE);
      TileState bad = fresh.with(List.of(Tensor.of(Shape.SCALAR, new long[] {value})));
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  simulator.run(
                      bad,
                      (first, steps, target) -> {
                        throw new AssertionError("Nothing is to be computed");
                      },
                      1,
                      TileParameters.NONE,
                      RecordSink.NONE))
          .withMessage(message);
    }
  }
}
