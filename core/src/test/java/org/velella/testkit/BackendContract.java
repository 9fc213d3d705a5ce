package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * What every backend owes: the bits of the definition, for every op and neuron, at awkward sizes,
 * with infinities, NaNs and subnormals, however a run is cut into chunks and tiles.
 */
public abstract class BackendContract {
  private static final int[] SIZES = {1, 3, 15, 16, 17, 31, 33, 257};
  private static final int STEPS = 7;

  /** A fresh one. */
  protected abstract Backend backend();

  @Seeded(times = 2)
  protected void everyNeuronGivesTheBitsOfItsEquations(SplittableRandom random) {
    for (NeuronModel model : TestModels.catalogue()) {
      int size = SIZES[random.nextInt(SIZES.length)];
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
    Shape row = Shape.of(SIZES[random.nextInt(SIZES.length)]);
    agree(random, single(TestLayers.linear(random, row.dim(0)), row), random.nextInt(4) == 0);
  }

  @Seeded(times = 6)
  protected void everyProjectionGivesTheBitsOfItsDefinition(SplittableRandom random) {
    Shape source = Shape.of(SIZES[random.nextInt(SIZES.length)]);
    Shape target = Shape.of(SIZES[random.nextInt(SIZES.length)]);
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

  @Seeded(times = 3)
  protected void cyclesSumsAndSeveralInputsGiveTheBitsOfTheDefinition(SplittableRandom random) {
    agree(random, TestLayers.recurrent(random), false);
  }

  @Seeded(times = 3)
  protected void parametersPerNeuronAndPerSampleGiveTheBitsOfTheDefinition(
      SplittableRandom random) {
    int size = SIZES[random.nextInt(SIZES.length)];
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
      agree(random, network, batch, parameters, false);
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

  private static Network single(Operation operation, Shape input) {
    return Network.builder()
        .node("input", new InputOperation(input))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "node")
        .edge("node", "output")
        .build();
  }

  /** What reads spikes, behind neurons and behind an encoder. */
  private static Network spiking(Operation operation, Shape input) {
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

  private void agree(SplittableRandom random, Network network, boolean special) {
    agree(random, network, 1 + random.nextInt(4), TileParameters.NONE, special);
  }

  /** Runs backend and definition side by side, the backend in chunks of random length. */
  private void agree(
      SplittableRandom random,
      Network network,
      int batch,
      TileParameters parameters,
      boolean special) {
    Set<String> variables = new HashSet<>(Lowering.recordable(network));
    Plan plan = Lowering.lower(network, new PlanOptions(batch, Set.of(), variables));
    float[][] inputs = new float[plan.inputs().size()][];
    for (int i = 0; i < inputs.length; i++) {
      int frame = batch * plan.values().get(plan.inputs().get(i)).size();
      inputs[i] = TestInputs.sequence(random, STEPS * frame, special);
    }
    LiteralPlan literal = new LiteralPlan(plan, parameters);
    List<float[][]> expected = new ArrayList<>();
    for (int t = 0; t < STEPS; t++) {
      float[][] frame = new float[inputs.length][];
      for (int i = 0; i < inputs.length; i++) {
        int size = inputs[i].length / STEPS;
        frame[i] = Arrays.copyOfRange(inputs[i], t * size, (t + 1) * size);
      }
      expected.add(literal.step(frame));
    }
    try (Program program = backend().compile(plan);
        TileRun run = program.open(parameters)) {
      int capacity = 1 + random.nextInt(STEPS);
      Chunk chunk = new Chunk(plan, capacity);
      for (int done = 0; done < STEPS; done += chunk.steps()) {
        chunk.steps(Math.min(capacity, STEPS - done));
        for (int i = 0; i < inputs.length; i++) {
          int size = inputs[i].length / STEPS;
          float[] target = chunk.value(plan.inputs().get(i));
          System.arraycopy(inputs[i], done * size, target, 0, chunk.steps() * size);
        }
        run.run(chunk);
        compare(plan, chunk, done, expected);
      }
      for (int m = 0; m < plan.memories().size(); m++) {
        assertThat(run.memories().get(m).bitEquals(literal.memories().get(m)))
            .as(plan.memories().get(m).path() + " of " + network.node("node").operation())
            .isTrue();
      }
    }
  }

  private static void compare(Plan plan, Chunk chunk, int done, List<float[][]> expected) {
    for (int id : plan.visible()) {
      int frame = plan.batch() * plan.values().get(id).size();
      for (int t = 0; t < chunk.steps(); t++) {
        for (int i = 0; i < frame; i++) {
          float found = chunk.value(id)[t * frame + i];
          float wanted = expected.get(done + t)[id][i];
          if (Tensor.canonicalBits(found) != Tensor.canonicalBits(wanted)) {
            throw new AssertionError(
                "%s, step %d, element %d of %d: expected %s (%08x), found %s (%08x)"
                    .formatted(
                        plan.values().get(id),
                        done + t,
                        i,
                        frame,
                        wanted,
                        Tensor.canonicalBits(wanted),
                        found,
                        Tensor.canonicalBits(found)));
          }
        }
      }
    }
  }
}
