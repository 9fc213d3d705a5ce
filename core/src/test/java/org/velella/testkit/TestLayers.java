package org.velella.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Layers of random geometry with random weights. */
public final class TestLayers {
  private TestLayers() {}

  /** A number in {@code [low, high]}. */
  public static int between(SplittableRandom random, int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  /** Random weights, some of them zero. */
  public static Tensor weights(SplittableRandom random, int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(10) == 0 ? 0f : (float) (random.nextDouble() * 2 - 0.8);
    }
    return Tensor.of(shape, values);
  }

  public static Shape imageShape(SplittableRandom random) {
    return Shape.of(2 * between(random, 1, 10), between(random, 5, 12), between(random, 5, 19));
  }

  public static LinearOperation linear(SplittableRandom random, int inputs) {
    int outputs = between(random, 1, 70);
    Tensor bias = random.nextBoolean() ? weights(random, outputs) : null;
    return new LinearOperation(weights(random, outputs, inputs), bias);
  }

  /** One layer of each kind that takes {@code [C, H, W]}. */
  public static List<Operation> onImages(SplittableRandom random, Shape input) {
    List<Operation> layers = new ArrayList<>();
    layers.add(convolution(random, 2, input.dim(0)));
    layers.add(linear(random, input.dim(2)));
    layers.add(new ScaleOperation(weights(random, input.dim(0), 1, 1)));
    layers.add(batchNorm(random, input.dim(0)));
    pools(random, 2, layers);
    return layers;
  }

  /** One layer of each kind that takes {@code [C, L]}. */
  public static List<Operation> onLines(SplittableRandom random, Shape input) {
    List<Operation> layers = new ArrayList<>();
    layers.add(convolution(random, 1, input.dim(0)));
    layers.add(new ScaleOperation(weights(random, input.dim(0), input.dim(1))));
    layers.add(batchNorm(random, input.dim(0)));
    pools(random, 1, layers);
    return layers;
  }

  private static ConvOperation convolution(SplittableRandom random, int spatial, int channels) {
    int groups = channels % 2 == 0 && random.nextBoolean() ? 2 : 1;
    int outputs = groups * between(random, 1, 20);
    int[] dims = new int[2 + spatial];
    dims[0] = outputs;
    dims[1] = channels / groups;
    for (int axis = 0; axis < spatial; axis++) {
      dims[2 + axis] = between(random, 1, 3);
    }
    return new ConvOperation(
        spatial,
        weights(random, dims),
        random.nextBoolean() ? weights(random, outputs) : null,
        axes(random, spatial, 1, 2),
        axes(random, spatial, 0, 2),
        axes(random, spatial, 0, 2),
        axes(random, spatial, 1, 2),
        groups);
  }

  private static Shape axes(SplittableRandom random, int spatial, int low, int high) {
    return spatial == 1
        ? Shape.of(between(random, low, high))
        : Shape.of(between(random, low, high), between(random, low, high));
  }

  private static void pools(SplittableRandom random, int spatial, List<Operation> layers) {
    for (PoolOperation.Mode mode : PoolOperation.Mode.values()) {
      layers.add(
          new PoolOperation(
              mode,
              axes(random, spatial, 2, 4),
              axes(random, spatial, 1, 3),
              axes(random, spatial, 0, 1),
              PoolOperation.Divisor.values()[random.nextInt(2)]));
    }
  }

  /** With random statistics. */
  public static BatchNormOperation batchNorm(SplittableRandom random, int channels) {
    float[] variance = new float[channels];
    for (int c = 0; c < channels; c++) {
      variance[c] = (float) random.nextDouble();
    }
    return new BatchNormOperation(
        weights(random, channels),
        weights(random, channels),
        weights(random, channels),
        Tensor.of(Shape.of(channels), variance),
        1e-5);
  }

  /** Neurons, a linear layer, neurons, and another linear layer. */
  public static Network chain(SplittableRandom random, int size) {
    LinearOperation first = linear(random, size);
    return Network.builder()
        .node("input", new InputOperation(Shape.of(size)))
        .node("a", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("b", first)
        .node("node", TestModels.lifWithOwnThresholds(random, first.outputs()))
        .node("c", linear(random, first.outputs()))
        .node("output", new OutputOperation())
        .edge("input", "a")
        .edge("a", "b")
        .edge("b", "node")
        .edge("node", "c")
        .edge("c", "output")
        .build();
  }

  /** Neurons on an image, a convolution of their spikes, neurons, and a pool of theirs. */
  public static Network imageChain(SplittableRandom random) {
    Shape shape = imageShape(random);
    ConvOperation convolution = convolution(random, 2, shape.dim(0));
    Shape image = convolution.outputShape(shape);
    PoolOperation pool =
        new PoolOperation(
            PoolOperation.Mode.values()[random.nextInt(3)],
            Shape.of(
                between(random, 1, Math.min(3, image.dim(1))),
                between(random, 1, Math.min(3, image.dim(2)))),
            axes(random, 2, 1, 3),
            Shape.of(0, 0),
            PoolOperation.Divisor.values()[random.nextInt(2)]);
    return Network.builder()
        .node("input", new InputOperation(shape))
        .node("a", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("b", convolution)
        .node("node", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("c", pool)
        .node("output", new OutputOperation())
        .edge("input", "a")
        .edge("a", "b")
        .edge("b", "node")
        .edge("node", "c")
        .edge("c", "output")
        .build();
  }

  /** How the inputs of a population are connected. */
  public enum Wiring {
    /** Each to a source of its own, the last one to two, one of which feeds the first as well. */
    OWN,
    /** The first to a source, the others to nothing. */
    FIRST,
    /** The first to a source, the last one to the population itself and to a source. */
    CYCLE
  }

  /** A population behind two Input nodes. */
  public static Network severalInputs(NeuronOperation neurons, Shape shape, Wiring wiring) {
    List<String> inputs = neurons.inputNames();
    String last = inputs.get(inputs.size() - 1);
    Network.Builder builder =
        Network.builder()
            .node("a", new InputOperation(shape))
            .node("b", new InputOperation(shape))
            .node("scale", new ScaleOperation(Tensor.of(Shape.SCALAR, new float[] {0.75f})))
            .node("node", neurons)
            .node("output", new OutputOperation())
            .edge("b", "scale")
            .edge("scale", "output")
            .edge("node", "output")
            .edge("a", "node", inputs.get(0));
    if (wiring == Wiring.OWN) {
      inputs.subList(1, inputs.size()).forEach(input -> builder.edge("scale", "node", input));
      builder.edge("a", "node", last);
    } else if (wiring == Wiring.CYCLE) {
      builder.edge("node", "node", last).edge("b", "node", last);
    }
    return builder.build();
  }

  /** Two inputs, a sum, a cycle through a linear layer, and a self loop. */
  public static Network recurrent(SplittableRandom random) {
    int in = between(random, 1, 20);
    int hidden = between(random, 1, 40);
    return Network.builder()
        .node("input.a", new InputOperation(Shape.of(in)))
        .node("input.b", new InputOperation(Shape.of(hidden)))
        .node("fc", new LinearOperation(weights(random, hidden, in), null))
        .node("node", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("back", new LinearOperation(weights(random, hidden, hidden), weights(random, hidden)))
        .node("loop", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("output", new OutputOperation())
        .edge("input.a", "fc")
        .edge("fc", "node")
        .edge("input.b", "node")
        .edge("back", "node")
        .edge("node", "back")
        .edge("node", "loop")
        .edge("loop", "loop")
        .edge("loop", "output")
        .firstStep(random.nextBoolean() ? FirstStep.ZERO : FirstStep.ZERO_INPUT)
        .build();
  }

  /** Neurons that send their potential, which comes back late, from few of them, and scaled. */
  public static Network gradedCycle(SplittableRandom random, int size) {
    Shape shape = Shape.of(size);
    NeuronModel leaky =
        NeuronModel.parse(
            """
            model leaky
              parameter leak = 0.5
              memory v = 0
              charge h = v * leak + x
              output y = h
              reset v = h
            """);
    Connectivity synapses = TestSynapses.connectivity(random, size, size, 0.05);
    Tensor each = TestSynapses.weights(random, synapses);
    return Network.builder()
        .node("input", new InputOperation(shape))
        .node("node", new NeuronOperation(leaky, Map.of()))
        .node("late", DelayOperation.of(between(random, 1, 3)))
        .node("back", new SparseOperation(shape, shape, synapses, each))
        .node("scale", new ScaleOperation(weights(random, size)))
        .node("output", new OutputOperation())
        .edge("input", "node")
        .edge("node", "late")
        .edge("late", "back")
        .edge("back", "scale")
        .edge("scale", "node")
        .edge("node", "output")
        .edge("late", "output")
        .build();
  }
}
