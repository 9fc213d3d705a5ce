package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.encoding.BernoulliOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.network.WeightScaling;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
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
 * What every backend owes: the bits of the definition, for every op and neuron, at awkward sizes,
 * with infinities, NaNs and subnormals, however a run is cut into chunks and tiles.
 */
public abstract class BackendContract {
  private static final int[] SIZES = {1, 3, 15, 16, 17, 31, 33, 257, 4098};
  private static final int STEPS = 7;

  /** One of the sizes but the largest, which is for tests that run each size once. */
  private static int size(SplittableRandom random) {
    return SIZES[random.nextInt(SIZES.length - 1)];
  }

  /** A fresh one. */
  protected abstract Backend backend();

  @Seeded(times = 2)
  protected void everyNeuronGivesTheBitsOfItsEquations(SplittableRandom random) {
    for (NeuronModel model : TestModels.catalogue()) {
      int size = size(random);
      agree(random, single(new NeuronOperation(model, Map.of()), Shape.of(size)), true);
    }
  }

  @Seeded
  protected void everySizeOfAPopulationGivesTheSameBits(SplittableRandom random) {
    for (int size : SIZES) {
      agree(random, single(new NeuronOperation(TestModels.lif(), Map.of()), Shape.of(size)), true);
    }
  }

  @Seeded(times = 12)
  protected void everyLayerGivesTheBitsOfItsDefinition(SplittableRandom random) {
    Shape input = TestLayers.imageShape(random);
    for (Operation layer : TestLayers.onImages(random, input)) {
      agree(random, single(layer, input), random.nextInt(4) == 0);
    }
    Shape line = Shape.of(TestLayers.between(random, 1, 5), TestLayers.between(random, 5, 40));
    for (Operation layer : TestLayers.onLines(random, line)) {
      agree(random, single(layer, line), random.nextInt(4) == 0);
    }
    Shape row = Shape.of(size(random));
    agree(random, single(TestLayers.linear(random, row.dim(0)), row), random.nextInt(4) == 0);
  }

  @Seeded(times = 6)
  protected void everyProjectionGivesTheBitsOfItsDefinition(SplittableRandom random) {
    Shape source = Shape.of(size(random));
    Shape target = Shape.of(size(random));
    double density = new double[] {0, 0.01, 0.1, 1}[random.nextInt(4)];
    Connectivity synapses =
        TestSynapses.connectivity(random, source.size(), target.size(), density);
    Tensor weights = TestSynapses.weights(random, synapses);
    Operation sparse = new SparseOperation(source, target, synapses, weights);
    agree(random, single(sparse, source), random.nextInt(4) == 0);
    float weight = (float) random.nextDouble(-1, 1);
    Operation equal = new EqualWeightOperation(source, target, synapses, weight);
    agree(random, spiking(equal, source), random.nextInt(4) == 0);
  }

  /** What no synapse leads to, and what neurons without a memory make of it, at every step. */
  @Seeded(times = 3)
  protected void constantsGiveTheBitsOfTheDefinition(SplittableRandom random) {
    Shape shape = Shape.of(size(random));
    Connectivity none = TestSynapses.connectivity(random, shape.size(), shape.size(), 0);
    Tensor weights = TestSynapses.weights(random, none);
    NeuronModel current =
        NeuronModel.parse("model current\n  parameter current = 0.7\n  output y = current + x\n");
    Network network =
        Network.builder()
            .node("input", new InputOperation(shape))
            .node("none", new SparseOperation(shape, shape, none, weights))
            .node("current", new NeuronOperation(current, Map.of()))
            .node("late", DelayOperation.of(1))
            .node("neurons", neurons())
            .node("output", new OutputOperation())
            .edge("input", "none")
            .edge("none", "current")
            .edge("current", "late")
            .edge("late", "neurons")
            .edge("current", "neurons")
            .edge("neurons", "output")
            .build();
    double[] own = random.doubles(3, -1, 2).toArray();
    TileParameters parameters = TileParameters.of(Map.of("current.current", own));
    agree(random, network, 3, parameters, random.nextBoolean());
  }

  /** Shorter and longer than a chunk, one for all and one for each, after spikes and in a cycle. */
  @Seeded(times = 4)
  protected void everyDelayGivesTheBitsOfItsDefinition(SplittableRandom random) {
    Shape shape = Shape.of(size(random));
    int[] each = random.ints(shape.size(), 0, 2 * STEPS).toArray();
    DelayOperation own = new DelayOperation(Tensor.of(shape, each));
    DelayOperation same = DelayOperation.of(random.nextInt(2 * STEPS));
    for (Operation delay : List.of(own, same)) {
      agree(random, single(delay, shape), random.nextInt(4) == 0);
      agree(random, spiking(delay, shape));
      agree(random, delayedSynapses(random, delay, shape));
      Network.Builder cycle = Network.builder().node("input", new InputOperation(shape));
      cycle.node("lif", new NeuronOperation(TestModels.lif(), Map.of())).node("late", delay);
      cycle.node("output", new OutputOperation()).edge("input", "lif").edge("lif", "late");
      agree(random, cycle.edge("late", "lif").edge("late", "output").build());
    }
  }

  /** Delays of 0, 1 and more than a chunk; after spikes, after numbers, and in a cycle. */
  @Seeded(times = 4)
  protected void everyDelayedProjectionGivesTheBitsOfItsDefinition(SplittableRandom random) {
    Shape source = Shape.of(size(random));
    Shape target = Shape.of(size(random));
    double density = new double[] {0.01, 0.1, 1}[random.nextInt(3)];
    int longest = 1 + random.nextInt(2 * STEPS);
    Operation between = TestSynapses.delayed(random, source, target, density, longest);
    agree(random, single(between, source), random.nextInt(4) == 0);
    agree(random, spiking(between, source), random.nextInt(4) == 0);
    Operation back = TestSynapses.delayed(random, target, target, density, 1);
    Network.Builder cycle = Network.builder().node("input", new InputOperation(target));
    cycle.node("lif", neurons()).node("back", back).node("output", new OutputOperation());
    cycle.edge("input", "lif").edge("lif", "back").edge("back", "lif").edge("back", "output");
    agree(random, cycle.build());
  }

  /** Taught by the neurons behind, by an input, and within a cycle; dense and sparse. */
  @Seeded(times = 2)
  protected void everyLearningRuleGivesTheBitsOfItsDefinition(SplittableRandom random) {
    for (LearningRule rule : TestLearning.rules(random)) {
      int sources = SIZES[random.nextInt(6)];
      int targets = SIZES[random.nextInt(6)];
      double density = new double[] {0, 0.3, 1, 2}[random.nextInt(4)];
      boolean special = random.nextInt(4) == 0;
      PlasticOperation forward = TestLearning.operation(random, sources, targets, density, rule);
      agree(random, TestLearning.taughtByItsNeurons(forward), special);
      agree(random, TestLearning.taughtByAnInput(forward), special);
      PlasticOperation back = TestLearning.operation(random, targets, targets, density, rule);
      agree(random, TestLearning.recurrent(back));
    }
  }

  /** One axis and two, strides and paddings. */
  @Seeded(times = 4)
  protected void convolutionsLearnTheBitsOfTheirDefinition(SplittableRandom random) {
    PlasticOperation conv = TestLearning.convolution(random);
    agree(random, TestLearning.taughtByItsNeurons(conv), random.nextInt(4) == 0);
    agree(random, TestLearning.taughtByAnInput(conv), random.nextInt(4) == 0);
  }

  @Seeded(times = 4)
  protected void rowsThatShareWeightsLearnTheBitsOfTheirDefinition(SplittableRandom random) {
    PlasticOperation rows = TestLearning.shared(random, 1 + random.nextInt(40), size(random));
    agree(random, TestLearning.taughtByItsNeurons(rows), random.nextInt(4) == 0);
    agree(random, TestLearning.taughtByAnInput(rows), random.nextInt(4) == 0);
  }

  @Seeded(times = 2)
  protected void maskedParallelNeuronsGiveTheBitsOfTheirDefinition(SplittableRandom random) {
    Shape shape = Shape.of(size(random));
    int k = 1 + random.nextInt(STEPS);
    Operation masked = TestParallel.masked(random, k, STEPS);
    agree(random, single(masked, shape), random.nextInt(4) == 0);
    agree(random, spiking(masked, shape));
  }

  /** Chunks of one and of several sequences, behind spikes and before a layer. */
  @Seeded(times = 2)
  protected void parallelNeuronsGiveTheBitsOfTheirDefinition(SplittableRandom random) {
    TestParallel.agree(backend(), random, size(random));
  }

  /** Every comparison, of numbers at, beside and far from a bound of each scope. */
  @Seeded(times = 4)
  protected void boundsAreComparedExactly(SplittableRandom random) {
    int batch = 3;
    for (NeuronModel model : TestModels.comparisons()) {
      int size = size(random);
      double[] bounds = TestInputs.bounds(random, size);
      ParameterValue perNeuron = ParameterValue.of(Shape.of(size), bounds);
      double[] perSample = TestInputs.bounds(random, batch);
      double[] perBoth = TestInputs.bounds(random, batch * size);
      Map<String, ParameterValue> one = Map.of("bound", ParameterValue.of(bounds[0]));
      Network shared = single(new NeuronOperation(model, one), Shape.of(size));
      Network own = single(new NeuronOperation(model, Map.of("bound", perNeuron)), Shape.of(size));
      float[] x = TestInputs.around(random, STEPS * batch * size);
      PlanRun run = new PlanRun(backend(), random, STEPS);
      run.agree(shared, batch, TileParameters.NONE, x);
      run.agree(own, batch, TileParameters.NONE, x);
      for (double[] values : List.of(perSample, perBoth)) {
        run.agree(shared, batch, TileParameters.of(Map.of("node.bound", values)), x);
      }
    }
  }

  /** Spikes between ops, in whatever form the backend keeps them. */
  @Seeded(times = 4)
  protected void layersBehindNeuronsGiveTheBitsOfTheDefinition(SplittableRandom random) {
    agree(random, TestLayers.chain(random, size(random)), random.nextInt(4) == 0);
    agree(random, TestLayers.imageChain(random), random.nextInt(4) == 0);
  }

  @Seeded(times = 3)
  protected void cyclesSumsAndSeveralInputsGiveTheBitsOfTheDefinition(SplittableRandom random) {
    agree(random, TestLayers.recurrent(random));
    agree(random, TestLayers.gradedCycle(random, size(random)));
  }

  @Seeded
  protected void neuronsOfSeveralInputsGiveTheBitsOfTheirEquations(SplittableRandom random) {
    for (NeuronModel model : TestModels.severalInputs()) {
      String parameter = model.parameters().contains("k") ? "k" : "dt";
      for (TestLayers.Wiring wiring : TestModels.wirings(model)) {
        int size = Math.min(size(random), wiring == TestLayers.Wiring.OWN ? 33 : 257);
        double[] own = random.doubles(size, 0.1, 3).toArray();
        ParameterValue value =
            random.nextBoolean()
                ? ParameterValue.of(own[0])
                : ParameterValue.of(Shape.of(size), own);
        NeuronOperation neurons = new NeuronOperation(model, Map.of(parameter, value));
        Network network = TestLayers.severalInputs(neurons, Shape.of(size), wiring);
        double[] perSample = random.doubles(3, 0.1, 3).toArray();
        agree(random, network, 1 + random.nextInt(4), TileParameters.NONE, true);
        TileParameters parameters = TileParameters.of(Map.of("node." + parameter, perSample));
        agree(random, network, 3, parameters, random.nextBoolean());
      }
    }
  }

  @Seeded(times = 3)
  protected void parametersPerNeuronAndPerSampleGiveTheBitsOfTheDefinition(
      SplittableRandom random) {
    int size = size(random);
    int batch = 3;
    NeuronOperation neurons = TestModels.lifWithOwnThresholds(random, size);
    Network network = single(neurons, Shape.of(size));
    double[] perSample = random.doubles(batch, 1.5, 9).toArray();
    double[] perBoth = random.doubles((long) batch * size, -0.5, 0.5).toArray();
    for (TileParameters parameters :
        List.of(
            TileParameters.NONE,
            TileParameters.of(Map.of("node.tau", perSample)),
            TileParameters.of(Map.of("node.tau", perSample, "node.v_reset", perBoth)))) {
      agree(random, network, batch, parameters, random.nextBoolean());
    }
  }

  /** Populations without memories, between weights and neurons, with a factor per sample. */
  @Seeded(times = 3)
  protected void scaledWeightsGiveTheBitsOfTheDefinition(SplittableRandom random) {
    int inputs = 1 + random.nextInt(40);
    int batch = 1 + random.nextInt(4);
    Operation linear = TestLayers.linear(random, inputs);
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(inputs)))
            .node("sums", WeightScaling.withoutBias(linear))
            .node("node", WeightScaling.scaling(linear))
            .node("neurons", neurons())
            .node("output", new OutputOperation())
            .edge("input", "sums")
            .edge("sums", "node")
            .edge("node", "neurons")
            .edge("neurons", "output")
            .build();
    double[] factors = random.doubles(batch, -2, 2).toArray();
    for (TileParameters parameters :
        List.of(TileParameters.NONE, TileParameters.of(Map.of("node.weight_scale", factors)))) {
      agree(random, network, batch, parameters, random.nextInt(4) == 0);
    }
  }

  @Test
  protected void memoriesOfAnotherShapeAreRefused() {
    Plan plan = Lowering.lower(single(neurons(), Shape.of(3)), PlanOptions.ofBatch(2));
    try (Program program = backend().compile(plan);
        TileRun run = program.open(TileParameters.NONE)) {
      assertThatThrownBy(() -> run.load(List.of(Tensor.of(Shape.of(3, 2), new float[6]))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("node.v")
          .hasMessageContaining("[2, 3]");
    }
  }

  @Test
  protected void memoriesAreCopiedInAndOut() {
    Plan plan = Lowering.lower(single(neurons(), Shape.of(1)), PlanOptions.ofBatch(1));
    try (Program program = backend().compile(plan);
        TileRun run = program.open(TileParameters.NONE)) {
      Tensor given = Tensor.of(Shape.of(1, 1), new float[] {0.25f});
      run.load(List.of(given));
      List<Tensor> before = run.memories();
      Chunk chunk = new Chunk(plan, 1);
      chunk.steps(1);
      chunk.value(plan.inputs().get(0))[0] = 0.5f;
      run.run(chunk);
      assertThat(given.floats()).containsExactly(0.25f);
      assertThat(before.get(0).floats()).containsExactly(0.25f);
      assertThat(run.memories().get(0).floats()[0]).isNotEqualTo(0.25f);
    }
  }

  private static NeuronOperation neurons() {
    return new NeuronOperation(TestModels.lif(), Map.of());
  }

  static Network single(Operation operation, Shape input) {
    return Network.builder()
        .node("input", new InputOperation(input))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "node")
        .edge("node", "output")
        .build();
  }

  /** What reads spikes, behind neurons and behind an encoder. */
  static Network spiking(Operation operation, Shape input) {
    return Network.builder()
        .node("input", new InputOperation(input))
        .node("neurons", neurons())
        .node("node", operation)
        .node("encoder", BernoulliOperation.dense())
        .node("more", operation)
        .node("output", new OutputOperation())
        .edge("input", "neurons")
        .edge("neurons", "node")
        .edge("input", "encoder")
        .edge("encoder", "more")
        .edge("node", "output")
        .edge("more", "output")
        .build();
  }

  /** Synapses that read delayed spikes. */
  private static Network delayedSynapses(SplittableRandom random, Operation delay, Shape shape) {
    int size = shape.size();
    Connectivity synapses = TestSynapses.connectivity(random, size, size, 0.1);
    return Network.builder()
        .node("input", new InputOperation(shape))
        .node("neurons", neurons())
        .node("late", delay)
        .node("synapses", new EqualWeightOperation(shape, shape, synapses, 0.3f))
        .node("output", new OutputOperation())
        .edge("input", "neurons")
        .edge("neurons", "late")
        .edge("late", "synapses")
        .edge("synapses", "output")
        .build();
  }

  private void agree(SplittableRandom random, Network network) {
    agree(random, network, random.nextBoolean());
  }

  private void agree(SplittableRandom random, Network network, boolean special) {
    agree(random, network, 1 + random.nextInt(4), TileParameters.NONE, special);
  }

  private void agree(
      SplittableRandom random,
      Network network,
      int batch,
      TileParameters parameters,
      boolean special) {
    Plan plan = Lowering.lower(network, PlanOptions.ofBatch(batch));
    float[][] inputs = new float[plan.inputs().size()][];
    for (int i = 0; i < inputs.length; i++) {
      int frame = batch * plan.values().get(plan.inputs().get(i)).size();
      inputs[i] = TestInputs.sequence(random, STEPS * frame, special);
    }
    new PlanRun(backend(), random, STEPS).agree(network, batch, parameters, inputs);
  }
}
