package org.velella.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backend;
import org.velella.backend.DeviceMemoryException;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.testkit.FakeCuda;
import org.velella.gpu.testkit.OnFakeDevice;
import org.velella.module.Operation;
import org.velella.module.UnfitInputException;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestModels;

/** Full devices, unfit inputs, odd orders of closing: nothing is wrong, nothing is left behind. */
@OnFakeDevice
class CudaTroubleTest {
  private static final int STEPS = 12;
  private static final int BATCH = 2;
  private static final long GIBIBYTE = 1L << 30;

  /** A device that other tests neither lose nor fill. */
  private static final int TO_FILL = 11;

  private long liveBefore;

  @BeforeEach
  void count() {
    liveBefore = FakeCuda.live();
  }

  @AfterEach
  void nothingIsLeft() {
    FakeCuda.memory(TO_FILL, GIBIBYTE);
    assertThat(FakeCuda.live()).isEqualTo(liveBefore);
    assertThat(FakeCuda.contexts()).isZero();
  }

  private static Twins twins(SplittableRandom random) {
    Network network = TestLayers.chain(random, 300);
    float[] x = TestInputs.sequence(random, STEPS * BATCH * 300, false);
    return new Twins(network, BATCH, STEPS, x);
  }

  private static CudaBackend on(int device) {
    return (CudaBackend) new CudaBackend().on(device);
  }

  @Seeded
  void littleRoomMakesShorterWindows(SplittableRandom random) {
    Twins twins = twins(random);
    Twins.Outcome wanted = twins.run(new ScalarBackend(), STEPS);
    int done = 0;
    for (long bytes = 1 << 10; bytes < 1 << 20; bytes += bytes / 4) {
      FakeCuda.memory(TO_FILL, bytes);
      try {
        Twins.requireSame(twins.run(on(TO_FILL), STEPS), wanted);
        done++;
      } catch (DeviceMemoryException e) {
        assertThat(done).as("with less room it has worked").isZero();
      }
      assertThat(FakeCuda.live()).isEqualTo(liveBefore);
    }
    assertThat(done).isPositive();
  }

  @Test
  void numbersOfSpikesThatAreNoneAreRefusedByNodeSourceAndNumber() {
    Connectivity synapses = new Connectivity(2, new int[] {0, 1, 1, 2}, new int[] {0, 1});
    Network network =
        single(new EqualWeightOperation(Shape.of(3), Shape.of(2), synapses, 0.5f), Shape.of(3));
    float[] x = {1, 2, 3, 4, 0.5f, 0.25f};
    for (Backend backend : new Backend[] {new CudaBackend(), new ScalarBackend()}) {
      assertThatExceptionOfType(UnfitInputException.class)
          .isThrownBy(() -> new Twins(network, 1, 2, x).run(backend, 2))
          .withMessageContaining("'node'")
          .withMessageContaining("0.5 from source 1");
    }
  }

  @Test
  void closingInAnyOrderAndTwiceIsHarmless() {
    Network network = single(new NeuronOperation(TestModels.lif(), Map.of()), Shape.of(9));
    Plan plan = Lowering.lower(network, PlanOptions.ofBatch(2));
    Program program = new CudaBackend().compile(plan);
    TileRun one = program.open(TileParameters.NONE);
    TileRun other = program.open(TileParameters.NONE);
    one.close();
    one.close();
    program.close();
    other.close();
    program.close();
  }

  @Test
  void useIsCounted() {
    Network network = single(new NeuronOperation(TestModels.lif(), Map.of()), Shape.of(9));
    CudaBackend backend = new CudaBackend();
    new Twins(network, 1, 4, new float[36]).run(backend, 2);
    assertThat(backend.use().launches()).isEqualTo(2);
    assertThat(backend.use().kernelNanos()).isPositive();
    assertThat(backend.use().bytesIn()).isGreaterThanOrEqualTo(36L * Float.BYTES);
    assertThat(backend.use().bytesOut()).isGreaterThanOrEqualTo(4L * Long.BYTES);
    assertThat(new CudaBackend().use().launches()).isZero();
    try (CudaDevice device = CudaDevice.open(0)) {
      assertThat(backend.devices().get(0).name()).isEqualTo(device.info().name());
    }
  }

  private static Network single(Operation operation, Shape input) {
    return Network.builder()
        .node("input", new InputOperation(input))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "node")
        .edge("node", "output")
        .build();
  }
}
