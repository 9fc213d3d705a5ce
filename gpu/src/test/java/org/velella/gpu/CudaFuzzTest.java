package org.velella.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.LatencyOperation;
import org.velella.encoding.PeriodicOperation;
import org.velella.gpu.testkit.OnDevice;
import org.velella.layer.FlattenOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestModels;
import org.velella.testkit.TestSynapses;

/** Random networks in which anything may follow anything, beside the definition. */
@OnDevice
class CudaFuzzTest {
  private static final List<NeuronModel> MODELS = TestModels.catalogue();
  private static final int STEPS = 6;

  private final List<String> images = new ArrayList<>();

  @Seeded(times = 10)
  void randomNetworksGiveTheBitsOfTheDefinition(SplittableRandom random) {
    Network network = network(random);
    int batch = TestLayers.between(random, 1, 5);
    float[] x =
        TestInputs.sequence(random, STEPS * batch * network.inputSize(), random.nextInt(4) == 0);
    for (int i = 0; i < x.length; i++) {
      // Latency encoders take numbers from 0 to 1 only.
      x[i] = x[i] >= 0 && x[i] <= 1 ? x[i] : x[i] > 1 ? 1 : 0;
    }
    Twins twins = new Twins(network, batch, STEPS, x);
    twins.agree(new CudaBackend(), TestLayers.between(random, 1, STEPS));
    twins.agree(new CudaBackend().with(SpikeChoice.SPIKES_ONLY), STEPS);
  }

  private Network network(SplittableRandom random) {
    images.clear();
    Shape shape = TestLayers.imageShape(random);
    Network.Builder builder = Network.builder().node("input", new InputOperation(shape));
    String last = add(builder, "input", first(random, shape));
    int depth = TestLayers.between(random, 1, 4);
    for (int i = 0; i < depth && shape.dim(1) >= 5 && shape.dim(2) >= 5; i++) {
      Operation operation = onImage(random, shape);
      last = add(builder, last, operation);
      shape = operation.outputShape(shape);
      if (random.nextBoolean()) {
        last = add(builder, last, neurons(random));
      }
    }
    last = add(builder, last, new FlattenOperation(0, -1));
    int size = shape.size();
    last = add(builder, last, TestLayers.linear(random, size));
    int outputs = TestLayers.between(random, 1, 40);
    // Spikes for the projection that counts them, and a sum of two ways.
    String spikes = add(builder, last, new NeuronOperation(TestModels.lif(), Map.of()));
    int width = width(builder, spikes);
    Shape target = Shape.of(outputs);
    Connectivity synapses = TestSynapses.connectivity(random, width, outputs, 0.3);
    Tensor weights = TestSynapses.weights(random, synapses);
    Shape source = Shape.of(width);
    String one = add(builder, spikes, new SparseOperation(source, target, synapses, weights));
    String other = add(builder, spikes, new EqualWeightOperation(source, target, synapses, 0.3f));
    builder.node("sum", neurons(random)).edge(one, "sum").edge(other, "sum");
    builder.node("output", new OutputOperation()).edge("sum", "output");
    return builder.build();
  }

  private static int width(Network.Builder builder, String node) {
    return builder
        .node("measure", new OutputOperation())
        .edge(node, "measure")
        .build()
        .outputShape(node)
        .size();
  }

  private String add(Network.Builder builder, String from, Operation operation) {
    String name = operation.kind() + images.size();
    images.add(name);
    builder.node(name, operation).edge(from, name);
    return name;
  }

  private static Operation neurons(SplittableRandom random) {
    return new NeuronOperation(MODELS.get(random.nextInt(MODELS.size())), Map.of());
  }

  private static Operation first(SplittableRandom random, Shape shape) {
    return switch (random.nextInt(5)) {
      case 0 -> BernoulliOperation.dense();
      case 1 -> BernoulliOperation.skip(0.5f);
      case 2 -> new LatencyOperation(5, LatencyOperation.Curve.LINEAR);
      case 3 -> new PeriodicOperation(pattern(random, shape));
      default -> new NeuronOperation(TestModels.lif(), Map.of());
    };
  }

  private static Tensor pattern(SplittableRandom random, Shape shape) {
    float[] spikes = new float[4 * shape.size()];
    for (int i = 0; i < spikes.length; i++) {
      spikes[i] = random.nextInt(5) == 0 ? 1 : 0;
    }
    return Tensor.of(shape.prepend(4), spikes);
  }

  private static Operation onImage(SplittableRandom random, Shape shape) {
    List<Operation> all = TestLayers.onImages(random, shape);
    return all.get(random.nextInt(all.size()));
  }
}
