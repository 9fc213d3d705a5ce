package org.velella.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.layer.FlattenOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileMemories;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.LiteralPlan;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestSynapses;

/** Edges without synapses are left out of sums where that changes no bit, and nowhere else. */
class SumRunnerTest {
  private static final int SIZE = 70;
  private static final int BATCH = 3;
  private static final int STEPS = 12;

  /** Keeps the very bits that it gets. */
  private static final NeuronModel RELAY =
      NeuronModel.parse("model relay\n  memory seen = 0\n  charge seen = x\n  fire s = x >= 1");

  private static SparseOperation silence() {
    Connectivity none = new Connectivity(SIZE, new int[SIZE + 1], new int[0]);
    Tensor weights = Tensor.of(Shape.of(0), new float[0]);
    return new SparseOperation(Shape.of(SIZE), Shape.of(SIZE), none, weights);
  }

  private static EqualWeightOperation projection(SplittableRandom random, double density) {
    return new EqualWeightOperation(
        Shape.of(SIZE),
        Shape.of(SIZE),
        TestSynapses.connectivity(random, SIZE, SIZE, density),
        0.5f);
  }

  /** An edge without synapses, and what the network gives. */
  private static Network.Builder with(String last) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(SIZE)))
        .node("start", silence())
        .node(last, new NeuronOperation(RELAY, Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "start")
        .edge(last, "output");
  }

  /** Two populations that drive each other, the first with some edges more. */
  private static Network network(SplittableRandom random, List<String> intoFirst) {
    Network.Builder builder =
        with("second")
            .node("first", new NeuronOperation(RELAY, Map.of()))
            .node("there", projection(random, 0.05))
            .edge("first", "there")
            .edge("there", "second")
            .edge("start", "second");
    Map<String, String> sources = Map.of("back", "second", "again", "first", "drive", "input");
    for (String edge : intoFirst) {
      if (sources.containsKey(edge)) {
        builder.node(edge, projection(random, 0.1)).edge(sources.get(edge), edge);
      }
      builder.edge(edge, "first");
    }
    return builder.build();
  }

  /** A sum that a node passes on to the population and to one outside of the cycle. */
  private static Network passing(SplittableRandom random) {
    return with("readout")
        .node("flat", new FlattenOperation(0, -1))
        .node("first", new NeuronOperation(RELAY, Map.of()))
        .node("back", projection(random, 0.1))
        .edge("start", "flat")
        .edge("flat", "first")
        .edge("first", "back")
        .edge("back", "flat")
        .edge("flat", "readout")
        .build();
  }

  /** A projection onto itself, which reads the sum of its own last step. */
  private static Network loop(SplittableRandom random) {
    Connectivity synapses = TestSynapses.connectivity(random, SIZE, SIZE, 0.05);
    Tensor weights = TestSynapses.weights(random, synapses);
    return with("readout")
        .node("loop", new SparseOperation(Shape.of(SIZE), Shape.of(SIZE), synapses, weights))
        .edge("start", "loop")
        .edge("loop", "loop")
        .edge("loop", "readout")
        .build();
  }

  @Seeded(times = 5)
  void sumsThatAreReadLaterStayAsTheyWere(SplittableRandom random) {
    for (Network network : List.of(passing(random), loop(random))) {
      for (String backend : List.of("scalar", "vector")) {
        agree(network, Backends.load().named(backend)::compile, random);
      }
    }
  }

  @Seeded(times = 5)
  void windowsOfOneStepShowNothing(SplittableRandom random) {
    for (Network network :
        List.of(passing(random), loop(random), network(random, List.of("again", "start")))) {
      agree(network, plan -> new HeapProgram(plan, new ScalarKernels(), 1), random);
    }
  }

  @Seeded(times = 3)
  void sumsAreThoseOfTheDefinition(SplittableRandom random) {
    for (List<String> edges :
        List.of(
            List.of("back", "start"),
            List.of("start", "drive", "back", "again"),
            List.of("again", "start"),
            List.of("input", "start"),
            List.of("back", "input", "start"))) {
      Network network = network(random, edges);
      for (String backend : List.of("scalar", "vector")) {
        agree(network, Backends.load().named(backend)::compile, random);
      }
    }
  }

  private static void agree(
      Network network, Function<Plan, Program> backend, SplittableRandom random) {
    Plan plan = Lowering.lower(network, PlanOptions.ofBatch(BATCH));
    LiteralPlan literal = new LiteralPlan(plan, TileParameters.NONE);
    List<Tensor> before = TileMemories.initial(plan, TileParameters.NONE);
    for (int m = 0; m < before.size(); m++) {
      if (before.get(m).dtype() == DType.FLOAT32) {
        float[] values = before.get(m).floats();
        for (int i = 0; i < values.length; i++) {
          values[i] = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : -0.0f;
        }
        System.arraycopy(values, 0, literal.memories().get(m).floats(), 0, values.length);
      }
    }
    float[] input = new float[STEPS * BATCH * SIZE];
    for (int i = 0; i < input.length; i++) {
      input[i] = random.nextInt(4) == 0 ? 1 : random.nextBoolean() ? 0 : -0.0f;
    }
    try (Program program = backend.apply(plan);
        TileRun run = program.open(TileParameters.NONE)) {
      run.load(before);
      for (int done = 0, steps; done < STEPS; done += steps) {
        steps = Math.min(STEPS - done, 1 + random.nextInt(4));
        Chunk chunk = new Chunk(plan, steps + 7 * random.nextInt(2));
        chunk.steps(steps);
        int frame = BATCH * SIZE;
        System.arraycopy(input, done * frame, chunk.value(plan.inputs().get(0)), 0, steps * frame);
        run.run(chunk);
        for (int t = 0; t < steps; t++) {
          int from = (done + t) * frame;
          literal.step(new float[][] {Arrays.copyOfRange(input, from, from + frame)});
        }
        List<Tensor> after = run.memories();
        for (int m = 0; m < after.size(); m++) {
          assertThat(after.get(m).bitEquals(literal.memories().get(m)))
              .as("%s after %d steps", plan.memories().get(m).path(), done + steps)
              .isTrue();
        }
      }
    }
  }
}
