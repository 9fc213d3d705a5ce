package org.velella.gpu;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.gpu.testkit.OnFakeDevice;
import org.velella.module.HostOperation;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestModels;

/**
 * What runs on the host in between; it needs ND4J, so it is not for bare machines with a device.
 */
@OnFakeDevice
class CudaHostTest {
  private static final int STEPS = 9;
  private static final int SIZE = 37;

  /** A user's module that adds up what comes in. */
  public static final class Summing extends MemoryModule {
    public Summing() {
      registerMemory("v", MemoryValue.scalar(0));
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      return materializeLike(inputs, memories, mode);
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      INDArray v = memories.get(0).array().addi(inputs.get(0));
      return StepResult.of(v, MemoryValue.tensor(v));
    }
  }

  @Seeded
  void whatRunsOnTheHostGivesTheSameBits(SplittableRandom random) {
    int batch = 3;
    float[] x = new float[STEPS * batch * SIZE];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(0, 0.8);
    }
    Network network = network();
    for (int capacity : new int[] {1, 4, STEPS}) {
      new Twins(network, batch, STEPS, x).agree(new CudaBackend(), capacity);
    }
  }

  private static Network network() {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(SIZE)))
        .node("first", new HostOperation(Summing.class.getName(), Map.of()))
        .node("neurons", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("last", new HostOperation(Summing.class.getName(), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "first")
        .edge("first", "neurons")
        .edge("neurons", "last")
        .edge("last", "output")
        .build();
  }
}
