package org.velella.testkit;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.backend.Backend;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * The bits of the definition at every awkward size, the largest too, of each axis that a backend
 * may take several elements of at once.
 */
public abstract class BackendSizesContract {
  private static final int[] SIZES = {1, 3, 15, 16, 17, 31, 33, 64, 65, 257, 4098};
  private static final int STEPS = 4;

  /** A fresh one. */
  protected abstract Backend backend();

  private static Tensor weights(SplittableRandom random, int... dims) {
    return TestLayers.weights(random, dims);
  }

  private static int few(SplittableRandom random) {
    return new int[] {1, 3, 17, 33}[random.nextInt(4)];
  }

  /** Behind numbers and behind spikes. */
  private void both(SplittableRandom random, Operation operation, Shape input) {
    agree(random, BackendContract.single(operation, input));
    agree(random, BackendContract.spiking(operation, input));
  }

  @Seeded
  protected void everyNeuron(SplittableRandom random) {
    for (NeuronModel model : TestModels.catalogue()) {
      NeuronOperation neurons = new NeuronOperation(model, Map.of());
      for (int size : SIZES) {
        agree(random, BackendContract.single(neurons, Shape.of(size)));
      }
    }
  }

  @Seeded
  protected void populationsWithParametersOfTheirOwn(SplittableRandom random) {
    for (int size : SIZES) {
      NeuronOperation neurons = TestModels.lifWithOwnThresholds(random, size);
      Network network = BackendContract.single(neurons, Shape.of(size));
      int batch = size > 1000 ? 2 : 3;
      double[] perSample = random.doubles(batch, 1.5, 9).toArray();
      double[] perBoth = random.doubles((long) batch * size, -0.5, 0.5).toArray();
      for (TileParameters parameters :
          List.of(
              TileParameters.NONE,
              TileParameters.of(Map.of("node.tau", perSample)),
              TileParameters.of(Map.of("node.tau", perSample, "node.v_reset", perBoth)))) {
        agree(random, network, batch, parameters);
      }
    }
  }

  @Seeded
  protected void linearLayers(SplittableRandom random) {
    for (int size : SIZES) {
      for (int[] shape : new int[][] {{few(random), size}, {size, few(random)}}) {
        Tensor bias = random.nextBoolean() ? weights(random, shape[0]) : null;
        both(random, new LinearOperation(weights(random, shape), bias), Shape.of(shape[1]));
      }
    }
  }

  @Seeded
  protected void projections(SplittableRandom random) {
    for (int size : SIZES) {
      int other = few(random);
      for (int[] pair : new int[][] {{size, other}, {other, size}}) {
        Shape source = Shape.of(pair[0]);
        Shape target = Shape.of(pair[1]);
        double density = new double[] {0.02, 0.3, 1}[random.nextInt(3)];
        Connectivity synapses = TestSynapses.connectivity(random, pair[0], pair[1], density);
        Tensor each = TestSynapses.weights(random, synapses);
        both(random, new SparseOperation(source, target, synapses, each), source);
        float weight = (float) random.nextDouble(-1, 1);
        Operation equal = new EqualWeightOperation(source, target, synapses, weight);
        agree(random, BackendContract.spiking(equal, source));
        int longest = 1 + random.nextInt(2 * STEPS);
        both(random, TestSynapses.delayed(random, source, target, density, longest), source);
      }
    }
  }

  @Seeded
  protected void delays(SplittableRandom random) {
    for (int size : SIZES) {
      Shape shape = Shape.of(size);
      int[] each = random.ints(size, 0, 2 * STEPS).toArray();
      both(random, new DelayOperation(Tensor.of(shape, each)), shape);
      both(random, DelayOperation.of(1 + random.nextInt(STEPS - 1)), shape);
    }
  }

  @Seeded
  protected void maskedParallelNeurons(SplittableRandom random) {
    for (int size : SIZES) {
      Operation masked = TestParallel.masked(random, 1 + random.nextInt(STEPS), STEPS);
      both(random, masked, Shape.of(size));
    }
  }

  /** A factor for each element, each channel, and each of many channels. */
  @Seeded
  protected void scalesAndNorms(SplittableRandom random) {
    for (int size : SIZES) {
      both(random, new ScaleOperation(weights(random, size)), Shape.of(size));
      both(random, new ScaleOperation(weights(random, 3, 1)), Shape.of(3, size));
      both(random, TestLayers.batchNorm(random, 3), Shape.of(3, size));
      both(random, TestLayers.batchNorm(random, size), Shape.of(size, 2));
    }
  }

  /** Along the width, over many input channels, and to many output channels. */
  @Seeded
  protected void convolutions(SplittableRandom random) {
    for (int size : SIZES) {
      int kernel = Math.min(size, 1 + random.nextInt(3));
      both(random, convolution(random, 1, 3, 2, kernel), Shape.of(2, size));
      both(random, convolution(random, 2, 3, size, 2, 2), Shape.of(size, 3, 2));
      both(random, convolution(random, 2, size, 2, 2, 2), Shape.of(2, 3, 3));
    }
  }

  private static Operation convolution(SplittableRandom random, int spatial, int... kernel) {
    Shape ones = spatial == 1 ? Shape.of(1) : Shape.of(1, 1);
    Shape zeros = spatial == 1 ? Shape.of(0) : Shape.of(0, 0);
    Tensor bias = random.nextBoolean() ? weights(random, kernel[0]) : null;
    return new ConvOperation(spatial, weights(random, kernel), bias, ones, zeros, zeros, ones, 1);
  }

  @Seeded
  protected void pools(SplittableRandom random) {
    for (int size : SIZES) {
      for (PoolOperation.Mode mode : PoolOperation.Mode.values()) {
        Shape window = Shape.of(Math.min(size, 1 + random.nextInt(3)));
        Shape stride = Shape.of(1 + random.nextInt(2));
        PoolOperation.Divisor divisor = PoolOperation.Divisor.values()[random.nextInt(2)];
        Operation pool = new PoolOperation(mode, window, stride, Shape.of(0), divisor);
        both(random, pool, Shape.of(2, size));
        both(random, pool, Shape.of(size, window.dim(0)));
      }
    }
  }

  /** Of two edges and of three. */
  @Seeded
  protected void sums(SplittableRandom random) {
    for (int size : SIZES) {
      Network.Builder network =
          Network.builder()
              .node("input", new InputOperation(Shape.of(size)))
              .node("more", new InputOperation(Shape.of(size)))
              .node("scale", new ScaleOperation(weights(random, size)))
              .node("neurons", new NeuronOperation(TestModels.lif(), Map.of()))
              .node("output", new OutputOperation())
              .edge("input", "scale")
              .edge("more", "scale")
              .edge("scale", "neurons")
              .edge("input", "neurons")
              .edge("more", "neurons")
              .edge("neurons", "output")
              .edge("scale", "output");
      agree(random, network.build());
    }
  }

  /** Each rule at some of the sizes, from many sources and to many targets. */
  @Seeded
  protected void synapsesThatLearn(SplittableRandom random) {
    List<LearningRule> rules = TestLearning.rules(random);
    int next = random.nextInt(rules.size());
    for (int size : SIZES) {
      for (double density : new double[] {0.3, 2}) {
        int other = 1 + random.nextInt(5);
        for (int[] pair : new int[][] {{size, other}, {other, size}}) {
          LearningRule rule = rules.get(next++ % rules.size());
          PlasticOperation synapses =
              TestLearning.operation(random, pair[0], pair[1], density, rule);
          agree(random, TestLearning.taughtByItsNeurons(synapses));
          agree(random, TestLearning.taughtByAnInput(synapses));
        }
      }
    }
  }

  private void agree(SplittableRandom random, Network network) {
    agree(random, network, 1 + random.nextInt(2), TileParameters.NONE);
  }

  private void agree(
      SplittableRandom random, Network network, int batch, TileParameters parameters) {
    Plan plan = Lowering.lower(network, PlanOptions.ofBatch(batch));
    boolean special = random.nextInt(4) == 0;
    float[][] inputs = new float[plan.inputs().size()][];
    for (int i = 0; i < inputs.length; i++) {
      int frame = batch * plan.values().get(plan.inputs().get(i)).size();
      inputs[i] = TestInputs.sequence(random, STEPS * frame, special);
    }
    new PlanRun(backend(), random, STEPS).agree(network, batch, parameters, inputs);
  }
}
