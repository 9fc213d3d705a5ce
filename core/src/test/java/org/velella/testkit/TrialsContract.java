package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.LatencyOperation;
import org.velella.encoding.WeightedPhaseOperation;
import org.velella.module.MemoryScope;
import org.velella.module.Operation;
import org.velella.module.Samples;
import org.velella.network.InputOperation;
import org.velella.network.KeptSteps;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.ParameterBinding;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.sweep.Parameter;
import org.velella.sweep.Trial;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Trials that set learning rules and delays, in one tile: each has the bits of a network that has
 * its values itself, alone on the scalar backend.
 */
public abstract class TrialsContract {
  private static final int STEPS = 19;
  private static final int TRIALS = 5;

  /** A fresh one. */
  protected abstract Backend backend();

  @Seeded
  protected void everyTrialLearnsByItsOwnRule(SplittableRandom random) {
    for (LearningRule rule : TestLearning.rules(random)) {
      double density = random.nextBoolean() ? 2 : 0.5;
      PlasticOperation synapses = TestLearning.operation(random, 6, 5, density, rule);
      List<Map<String, Float>> numbers = new ArrayList<>();
      for (int n = 0; n < TRIALS; n++) {
        numbers.add(n == 1 ? Map.of() : changed(random, rule));
      }
      agree(
          random,
          TestLearning.taughtByItsNeurons(synapses),
          "node.rule.",
          numbers,
          (operation, own) -> ((PlasticOperation) operation).with(own));
    }
  }

  /** Some numbers of a rule, no bound of which leaves a weight out. */
  private static Map<String, Float> changed(SplittableRandom random, LearningRule rule) {
    Map<String, Float> changed = new HashMap<>();
    rule.numbers()
        .forEach(
            (name, value) -> {
              float factor = (float) random.nextDouble(0.8, 1.3);
              if (name.equals("low") || name.equals("high")) {
                float wider = name.equals("low") ? -1.5f : 1.75f;
                changed.put(name, Math.abs(value) > 2 ? value : wider);
              } else if (random.nextBoolean()) {
                changed.put(name, value * factor);
              }
            });
    return changed;
  }

  /** Of spikes, of numbers, in a cycle, and of spikes that synapses read; one for each element. */
  @Seeded(times = 3)
  protected void everyTrialHasItsOwnDelay(SplittableRandom random) {
    Shape shape = Shape.of(1 + random.nextInt(40));
    int[] each = random.ints(shape.size(), 0, 6).toArray();
    DelayOperation own =
        random.nextInt(4) == 0
            ? new DelayOperation(Tensor.of(shape, each))
            : DelayOperation.of(random.nextInt(6));
    List<Map<String, Float>> steps = new ArrayList<>();
    int longest = own.longest();
    for (int n = 0; n < TRIALS; n++) {
      int delay = n == 2 ? 0 : random.nextInt(1 + random.nextInt(2 * STEPS));
      longest = Math.max(longest, delay);
      steps.add(n == 1 ? Map.of() : Map.of(DelayOperation.STEPS, (float) delay));
    }
    int kept = longest + random.nextInt(2);
    Network network = KeptSteps.keeping(delayed(random, own, shape), Map.of("node", kept));
    agree(
        random,
        network,
        "node.",
        steps,
        (operation, given) ->
            given.isEmpty()
                ? operation
                : DelayOperation.of(given.get(DelayOperation.STEPS).intValue()).keeping(kept));
  }

  private static Network delayed(SplittableRandom random, DelayOperation delay, Shape shape) {
    Connectivity ring = TestSynapses.connectivity(random, shape.size(), shape.size(), 0.2);
    boolean spikes = random.nextInt(4) > 0;
    Operation synapses =
        spikes
            ? new EqualWeightOperation(shape, shape, ring, 0.75f)
            : new SparseOperation(shape, shape, ring, TestSynapses.weights(random, ring));
    Network.Builder network = Network.builder();
    if (random.nextBoolean()) {
      network.edge("synapses", "neurons");
    }
    return network
        .node("input", new InputOperation(shape))
        .node("neurons", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("node", delay)
        .node("synapses", synapses)
        .node("others", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "neurons")
        .edge(spikes ? "neurons" : "input", "node")
        .edge("node", "synapses")
        .edge("synapses", "others")
        .edge("others", "output")
        .build();
  }

  /** Cycles of different lengths; the one of trial 1 is the network's own. */
  @Seeded
  protected void everyTrialHasItsOwnCycle(SplittableRandom random) {
    for (CycleOperation cycle :
        List.of(
            new LatencyOperation(4, LatencyOperation.Curve.LINEAR),
            new LatencyOperation(5, LatencyOperation.Curve.LOGARITHMIC),
            new WeightedPhaseOperation(3))) {
      Network own =
          Network.builder()
              .node("input", new InputOperation(Shape.of(3)))
              .node("node", cycle)
              .node("lif", new NeuronOperation(TestModels.lif(), Map.of()))
              .node("output", new OutputOperation())
              .edge("input", "node")
              .edge("node", "lif")
              .edge("lif", "output")
              .build();
      List<Map<String, Float>> steps = new ArrayList<>();
      for (int n = 0; n < TRIALS; n++) {
        steps.add(n == 1 ? Map.of() : Map.of(CycleOperation.STEPS, 1f + random.nextInt(9)));
      }
      float[] input = new float[STEPS * TRIALS * own.inputSize()];
      for (int i = 0; i < input.length; i++) {
        input[i] = (float) random.nextDouble(0.5);
      }
      agree(
          input,
          KeptSteps.keeping(own, Map.of("node", 0)),
          "node.",
          steps,
          // Alone it counts places of its own cycle, and all else is the same.
          (operation, given) ->
              given.isEmpty() ? cycle : cycle.ofSteps(given.get(CycleOperation.STEPS).intValue()));
    }
  }

  /** What an operation is with a trial's numbers. */
  private interface Change {
    Operation of(Operation operation, Map<String, Float> numbers);
  }

  private void agree(
      SplittableRandom random,
      Network network,
      String prefix,
      List<Map<String, Float>> numbers,
      Change change) {
    float[] input = TestInputs.sequence(random, STEPS * TRIALS * network.inputSize(), false);
    agree(input, network, prefix, numbers, change);
  }

  private void agree(
      float[] input,
      Network network,
      String prefix,
      List<Map<String, Float>> numbers,
      Change change) {
    List<Trial> trials = new ArrayList<>();
    TreeMap<String, Parameter> parameters = new TreeMap<>();
    for (int n = 0; n < numbers.size(); n++) {
      TreeMap<String, Double> values = new TreeMap<>();
      numbers.get(n).forEach((name, value) -> values.put(prefix + name, (double) value));
      values.keySet().forEach(path -> parameters.put(path, Parameter.number(path)));
      trials.add(new Trial(n, n, 1, values, new TreeMap<>()));
    }
    ParameterBinding binding = new ParameterBinding(network, List.copyOf(parameters.values()));
    trials.forEach(trial -> assertThat(binding.refusal(trial)).as("%s", trial).isEmpty());
    TileParameters tile = binding.parameters(trials, Samples.numbered());
    TileState together = run(network, backend(), input, 0, TRIALS, tile);
    for (int n = 0; n < TRIALS; n++) {
      Network alone = changed(network, numbers.get(n), change);
      TileState expected = run(alone, new ScalarBackend(), input, n, n + 1, TileParameters.NONE);
      List<String> names = List.copyOf(network.memories().keySet());
      for (int m = 0; m < names.size(); m++) {
        if (network.memories().get(names.get(m)).scope() == MemoryScope.SHARED) {
          continue;
        }
        assertThat(together.memories().get(m).rows(n, n + 1).bitEquals(expected.memories().get(m)))
            .as("%s of trial %d with %s", names.get(m), n, numbers.get(n))
            .isTrue();
      }
      if (expected.spikeCounts() != null) {
        assertThat(together.spikeCounts().rows(n, n + 1).bitEquals(expected.spikeCounts()))
            .as("spikes of trial %d with %s", n, numbers.get(n))
            .isTrue();
      }
    }
  }

  private static Network changed(Network network, Map<String, Float> numbers, Change change) {
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    for (Node node : network.nodes()) {
      boolean changes = node.name().equals("node");
      builder.node(
          NodePath.split(node.path()),
          changes ? change.of(node.operation(), numbers) : node.operation());
    }
    network.edges().forEach(builder::edge);
    return builder.build();
  }

  /** Runs some of the samples, in two pieces. */
  private static TileState run(
      Network network, Backend backend, float[] input, int lo, int hi, TileParameters parameters) {
    int width = network.inputSize();
    TileInput tile =
        (first, steps, target) -> {
          for (int t = 0; t < steps; t++) {
            int from = ((int) (first + t) * TRIALS + lo) * width;
            int to = t * (hi - lo) * width;
            System.arraycopy(input, from, target, to, (hi - lo) * width);
          }
        };
    try (Simulator simulator =
        new Simulator(network, backend, Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileState fresh = simulator.initial(hi - lo, parameters);
      TileState half = simulator.run(fresh, tile, STEPS / 2, parameters, RecordSink.NONE);
      return simulator.run(half, tile, STEPS - STEPS / 2, parameters, RecordSink.NONE);
    }
  }
}
