package org.velella.gpu;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.LatencyOperation;
import org.velella.encoding.LatencyOperation.Curve;
import org.velella.encoding.WeightedPhaseOperation;
import org.velella.gpu.testkit.OnDevice;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestModels;

/** Encoders of cycles, seen from outside or by neurons only. */
@OnDevice
class CudaCycleTest {
  private static final int STEPS = 11;
  private static final int BATCH = 3;

  @Seeded
  void cyclesAreThoseOfTheDefinition(SplittableRandom random) {
    List<CycleOperation> operations =
        List.of(
            new LatencyOperation(1 + random.nextInt(LatencyOperation.MOST_STEPS), Curve.LINEAR),
            new LatencyOperation(1 + random.nextInt(9), Curve.LINEAR),
            new LatencyOperation(1 + random.nextInt(9), Curve.LOGARITHMIC),
            new WeightedPhaseOperation(1 + random.nextInt(WeightedPhaseOperation.MOST_STEPS)),
            new WeightedPhaseOperation(WeightedPhaseOperation.MOST_STEPS));
    for (CycleOperation operation : operations) {
      for (int size : new int[] {1, 31, 64, 70}) {
        float[] x = new float[STEPS * BATCH * size];
        for (int i = 0; i < x.length; i++) {
          // Both ends of what can be encoded, and numbers in between.
          int kind = random.nextInt(8);
          float greatest = operation.greatest();
          x[i] = kind == 0 ? 0 : kind == 1 ? greatest : (float) random.nextDouble(0, greatest);
        }
        for (Network network : List.of(seen(operation, size), between(operation, size))) {
          for (int capacity : new int[] {1, 4, STEPS}) {
            new Twins(network, BATCH, STEPS, x).agree(new CudaBackend(), capacity);
          }
        }
      }
    }
  }

  private static Network seen(CycleOperation operation, int size) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(size)))
        .node("encoder", operation)
        .node("output", new OutputOperation())
        .edge("input", "encoder")
        .edge("encoder", "output")
        .build();
  }

  private static Network between(CycleOperation operation, int size) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(size)))
        .node("encoder", operation)
        .node("neurons", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "encoder")
        .edge("encoder", "neurons")
        .edge("neurons", "output")
        .build();
  }
}
