package org.velella.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.gpu.testkit.OnDevice;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestModels;

/**
 * Shapes large enough for every cut of the matrix kernels, chunks of several windows, and many
 * steps.
 */
@OnDevice
class CudaShapesTest {
  private static Network behindNeurons(Operation operation, Shape input) {
    return Network.builder()
        .node("input", new InputOperation(input))
        .node("neurons", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "neurons")
        .edge("neurons", "node")
        .edge("node", "output")
        .build();
  }

  private static Network alone(Operation operation, Shape input) {
    return Network.builder()
        .node("input", new InputOperation(input))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "node")
        .edge("node", "output")
        .build();
  }

  private static LinearOperation linear(SplittableRandom random, int inputs, int outputs) {
    return new LinearOperation(
        TestLayers.weights(random, outputs, inputs), TestLayers.weights(random, outputs));
  }

  private static void check(
      SplittableRandom random, Operation operation, Shape input, int batch, int steps) {
    float[] x = TestInputs.sequence(random, steps * batch * input.size(), random.nextBoolean());
    CudaBackend backend = new CudaBackend();
    new Twins(alone(operation, input), batch, steps, x).agree(backend, steps);
    Twins spiking = new Twins(behindNeurons(operation, input), batch, steps, x);
    spiking.agree(backend.with(SpikeChoice.SPIKES_ONLY), steps);
    spiking.agree(backend.with(SpikeChoice.ALL_TERMS), steps);
    spiking.agree(backend, 1);
  }

  /** Rows and terms that fill tiles and that do not, columns of every cut. */
  @Seeded
  void linearLayersOfEveryCut(SplittableRandom random) {
    for (int outputs : List.of(10, 30, 60, 130, 300)) {
      int inputs = TestLayers.between(random, 60, 140);
      check(random, linear(random, inputs, outputs), Shape.of(inputs), 600, 2);
      int whole = 8 * TestLayers.between(random, 1, 16);
      check(random, linear(random, whole, outputs), Shape.of(whole), 37, 3);
    }
  }

  /** Several vectors per frame, whose bits begin anywhere in a word. */
  @Seeded
  void linearLayersOnTheLastAxis(SplittableRandom random) {
    int inputs = TestLayers.between(random, 3, 70);
    check(random, linear(random, inputs, 33), Shape.of(7, inputs), 5, 3);
  }

  @Seeded
  void convolutionsOfManyChannels(SplittableRandom random) {
    for (int outputs : List.of(12, 40, 140)) {
      int channels = TestLayers.between(random, 17, 70);
      Shape input = Shape.of(2 * channels, 9, 8);
      int groups = 1 + random.nextInt(2);
      ConvOperation convolution =
          new ConvOperation(
              2,
              TestLayers.weights(random, groups * outputs, 2 * channels / groups, 3, 3),
              TestLayers.weights(random, groups * outputs),
              Shape.of(1, 1 + random.nextInt(2)),
              Shape.of(1, 0),
              Shape.of(1, 0),
              Shape.of(1, 1 + random.nextInt(2)),
              groups);
      check(random, convolution, input, 3, 2);
    }
  }

  /** More than is copied at once: the windows of a chunk take turns on two streams. */
  @Seeded
  void chunksOfSeveralWindows(SplittableRandom random) {
    Shape shape = Shape.of(5000);
    int steps = 70;
    NeuronOperation neurons = new NeuronOperation(TestModels.lif(), Map.of());
    float[] x = TestInputs.sequence(random, steps * 4 * shape.size(), false);
    Twins twins = new Twins(alone(neurons, shape), 4, steps, x);
    Twins.Outcome whole = twins.run(new CudaBackend(), steps);
    Twins.requireSame(whole, twins.run(new ScalarBackend(), steps));
    assertThat(Twins.distinct(whole)).hasSizeLessThanOrEqualTo(2);
  }

  /**
   * Steps that are read ahead and steps that are left over, words that are full and that are not.
   */
  @Seeded
  void everyNumberOfStepsAndNeurons(SplittableRandom random) {
    for (int steps : List.of(1, 7, 8, 9, 15, 16, 17, 29)) {
      for (int size : List.of(1, 32, 33, 64, 65, 130)) {
        int batch = TestLayers.between(random, 1, 3);
        float[] x = TestInputs.sequence(random, steps * batch * size, random.nextBoolean());
        Network network = alone(TestModels.lifWithOwnThresholds(random, size), Shape.of(size));
        new Twins(network, batch, steps, x).agree(new CudaBackend(), steps);
      }
    }
  }

  /** As many steps as the longest loop of a kernel takes, twice, and some more. */
  @Seeded
  void everyNeuronOverManySteps(SplittableRandom random) {
    int steps = 19;
    for (NeuronModel model : TestModels.catalogue()) {
      int size = TestLayers.between(random, 1, 99);
      float[] x = TestInputs.sequence(random, steps * 2 * size, random.nextBoolean());
      Network network = alone(new NeuronOperation(model, Map.of()), Shape.of(size));
      new Twins(network, 2, steps, x).agree(new CudaBackend(), steps);
    }
  }
}
