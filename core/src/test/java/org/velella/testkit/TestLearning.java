package org.velella.testkit;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.synapse.Connectivity;
import org.velella.synapse.LearningRule;
import org.velella.synapse.MstdpRule;
import org.velella.synapse.MstdpetRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.PlasticWindow;
import org.velella.synapse.StdpRule;
import org.velella.synapse.TripletStdpRule;
import org.velella.synapse.TripletStdpRule.Interactions;
import org.velella.synapse.WeightBounds;
import org.velella.synapse.WeightDependence;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Networks with synapses that learn. */
public final class TestLearning {
  private TestLearning() {}

  /** One rule of each kind, with bounds that are reached; sometimes one is 0, of either sign. */
  public static List<LearningRule> rules(SplittableRandom random) {
    float tau = (float) random.nextDouble(1.5, 8);
    WeightDependence pre = new WeightDependence((float) random.nextDouble(-1, 1), 0.75f);
    WeightDependence post = WeightDependence.below(1, (float) random.nextDouble(0.1, 2));
    float zero = random.nextBoolean() ? 0 : -0.0f;
    float low = random.nextInt(3) == 0 ? zero : -1;
    float high = low == -1 && random.nextInt(3) == 0 ? zero : 1;
    return List.of(
        StdpRule.of(tau, 3),
        StdpRule.of(4, tau).dependences(pre, post).rate(0.3f).bounds(low, high),
        MstdpRule.of(tau, 2).dependences(pre, post).bounds(low, high),
        MstdpetRule.of(3, tau, 5).dependences(post, pre).rate(2).bounds(low, 1.5f),
        TripletStdpRule.VISUAL_CORTEX,
        new TripletStdpRule(tau, 6, 3, 9, 0.2f, 0.5f, 0.3f, 0.7f, Interactions.NEAREST, noBounds())
            .bounds(low, high));
  }

  private static WeightBounds noBounds() {
    return WeightBounds.NONE;
  }

  /** Weights within a rule's bounds and from -1 to 1; some are 0, of either sign. */
  private static Tensor weights(SplittableRandom random, Shape shape, LearningRule rule) {
    double low = Math.max(-1, rule.bounds().low());
    double high = Math.min(1, rule.bounds().high());
    float[] weights = new float[shape.size()];
    for (int i = 0; i < weights.length; i++) {
      float zero = random.nextBoolean() ? 0 : -0.0f;
      weights[i] = random.nextInt(8) == 0 ? zero : (float) random.nextDouble(low, high);
    }
    return Tensor.of(shape, weights);
  }

  /** Synapses of any density; all of them as a matrix for a density above 1. */
  public static PlasticOperation operation(
      SplittableRandom random, int sources, int targets, double density, LearningRule rule) {
    if (density > 1) {
      Tensor matrix = weights(random, Shape.of(targets, sources), rule);
      return new PlasticOperation(Shape.of(sources), Shape.of(targets), null, matrix, rule);
    }
    Connectivity synapses = TestSynapses.connectivity(random, sources, targets, density);
    Tensor each = weights(random, Shape.of(synapses.synapses()), rule);
    return new PlasticOperation(Shape.of(sources), Shape.of(targets), synapses, each, rule);
  }

  /** A matrix whose weights the rows of a sample share. */
  public static PlasticOperation shared(SplittableRandom random, int sources, int targets) {
    List<LearningRule> rules = rules(random);
    LearningRule rule = rules.get(random.nextInt(rules.size()));
    Tensor weight = weights(random, Shape.of(targets, sources), rule);
    int rows = 2 + random.nextInt(3);
    return PlasticOperation.of(rows, Shape.of(sources), Shape.of(targets), weight, rule);
  }

  /** A convolution over one axis or two, of a sample's own or of rows. */
  public static PlasticOperation convolution(SplittableRandom random) {
    int[] source = {1 + random.nextInt(3), 1 + random.nextInt(7), 1 + random.nextInt(9)};
    int[] kernel = {1 + random.nextInt(4), source[0], 1 + random.nextInt(3), 1 + random.nextInt(4)};
    int[] padding = {random.nextInt(3), random.nextInt(3)};
    for (int axis = 0; axis < 2; axis++) {
      kernel[2 + axis] = Math.min(kernel[2 + axis], source[1 + axis] + 2 * padding[axis]);
    }
    Shape stride = Shape.of(1 + random.nextInt(3), 1 + random.nextInt(3));
    PlasticWindow two = new PlasticWindow(stride, Shape.of(padding));
    LearningRule rule = rules(random).get(random.nextInt(2));
    int rows = random.nextInt(3);
    if (random.nextBoolean()) {
      Shape one = Shape.of(source);
      Shape all = rows == 0 ? one : one.prepend(rows);
      return convolution(random, all, two, Shape.of(kernel), rule);
    }
    PlasticWindow one = new PlasticWindow(Shape.of(stride.dim(1)), Shape.of(padding[1]));
    Shape shape = Shape.of(kernel[0], kernel[1], kernel[3]);
    Shape line = Shape.of(source[0], source[2]);
    return convolution(random, rows == 0 ? line : line.prepend(rows), one, shape, rule);
  }

  private static PlasticOperation convolution(
      SplittableRandom random,
      Shape source,
      PlasticWindow window,
      Shape kernel,
      LearningRule rule) {
    return PlasticOperation.of(source, window, weights(random, kernel, rule), rule);
  }

  /** Neurons behind the synapses that teach them. */
  public static Network taughtByItsNeurons(PlasticOperation operation) {
    Network.Builder network =
        inputs(operation)
            .node("neurons", new NeuronOperation(TestModels.lif(), Map.of()))
            .node("output", new OutputOperation())
            .edge("node", "neurons")
            .edge("neurons", "node", PlasticOperation.POST)
            .edge("neurons", "output")
            .edge("node", "output");
    return network.build();
  }

  /** An input that teaches, and the sum of two pre inputs. */
  public static Network taughtByAnInput(PlasticOperation operation) {
    return inputs(operation)
        .node("other", new InputOperation(operation.source()))
        .node("teacher", new InputOperation(operation.target()))
        .node("output", new OutputOperation())
        .edge("other", "node", PlasticOperation.PRE)
        .edge("teacher", "node", PlasticOperation.POST)
        .edge("node", "output")
        .build();
  }

  /** A population that excites itself, and neurons between. */
  public static Network recurrent(PlasticOperation operation) {
    Network.Builder network = Network.builder();
    network.node("input", new InputOperation(operation.source()));
    network.node("neurons", new NeuronOperation(TestModels.lif(), Map.of()));
    network.node("node", operation).node("output", new OutputOperation());
    network.edge("input", "neurons").edge("node", "neurons").edge("neurons", "output");
    network.edge("neurons", "node", PlasticOperation.X);
    network.edge("neurons", "node", PlasticOperation.PRE);
    network.edge("neurons", "node", PlasticOperation.POST);
    return rewarded(network, operation).build();
  }

  private static Network.Builder inputs(PlasticOperation operation) {
    Network.Builder network =
        Network.builder()
            .node("input", new InputOperation(operation.source()))
            .node("node", operation)
            .edge("input", "node", PlasticOperation.X)
            .edge("input", "node", PlasticOperation.PRE);
    return rewarded(network, operation);
  }

  private static Network.Builder rewarded(Network.Builder network, PlasticOperation operation) {
    return operation.rule().rewarded()
        ? network
            .node("reward", new InputOperation(Shape.of(operation.sharers())))
            .edge("reward", "node", PlasticOperation.REWARD)
        : network;
  }
}
