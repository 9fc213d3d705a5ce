package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.backend.Chunk;
import org.velella.backend.HeapKernels;
import org.velella.backend.HeapProgram;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestModels;
import org.velella.testkit.TestSynapses;

/** Delays that keep spikes as bits, beside the scalar kernels, which keep numbers. */
class DelayedSpikesTest {
  private static final int STEPS = 9;
  private static final int CHUNKS = 3;
  private static final int BATCH = 2;
  private static final int SIZE = 70;

  private static Network network(SplittableRandom random, int delay, boolean cycle) {
    Shape shape = Shape.of(SIZE);
    Connectivity synapses = TestSynapses.connectivity(random, SIZE, SIZE, 0.2);
    Tensor weights = TestSynapses.weights(random, synapses);
    Network.Builder network =
        Network.builder()
            .node("input", new InputOperation(shape))
            .node("lif", new NeuronOperation(TestModels.lif(), Map.of()))
            .node("late", DelayOperation.of(delay))
            .node("synapses", new SparseOperation(shape, shape, synapses, weights))
            .node("later", DelayOperation.of(2))
            .node("spikes", new OutputOperation())
            .node("sums", new OutputOperation())
            .edge("input", "lif")
            .edge("lif", "late")
            .edge("late", "synapses")
            .edge("late", "later")
            .edge("later", "spikes")
            .edge("synapses", "sums");
    return (cycle ? network.edge("synapses", "lif") : network).build();
  }

  @Seeded(times = 3)
  void spikesOnTheirWayAreTheSame(SplittableRandom random) {
    assertSame(random, false);
  }

  /** A memory may be given any numbers; they pass, and spikes follow them. */
  @Seeded(times = 3)
  void numbersOnTheirWayAreTheSame(SplittableRandom random) {
    assertSame(random, true);
  }

  private static void assertSame(SplittableRandom random, boolean graded) {
    for (boolean cycle : new boolean[] {false, true}) {
      for (int delay : new int[] {1, 4, STEPS + 3}) {
        Plan plan = Lowering.lower(network(random, delay, cycle), PlanOptions.ofBatch(BATCH));
        float[] history = new float[BATCH * delay * SIZE];
        for (int i = 0; i < history.length; i++) {
          history[i] = random.nextInt(2) * (graded ? (float) random.nextDouble(-2, 2) : 1f);
        }
        float[] input = TestInputs.sequence(random, CHUNKS * STEPS * BATCH * SIZE, false);
        List<Tensor> expected = run(plan, new ScalarKernels(), 1, history, input);
        for (long window : new long[] {1, 1 << 12, 1 << 20}) {
          List<Tensor> found = run(plan, new VectorKernels(), window, history, input);
          for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i).bitEquals(expected.get(i)))
                .as("tensor %d, delay %d, window of %d bytes", i, delay, window)
                .isTrue();
          }
        }
      }
    }
  }

  /** The outputs of all chunks, each with the memories after it. */
  private static List<Tensor> run(
      Plan plan, HeapKernels kernels, long windowBytes, float[] history, float[] input) {
    List<Tensor> results = new ArrayList<>();
    try (Program program = new HeapProgram(plan, kernels, windowBytes);
        TileRun run = program.open(TileParameters.NONE)) {
      List<Tensor> memories = run.memories();
      plan.memories().stream()
          .filter(memory -> memory.path().equals("late.history"))
          .forEach(
              memory -> {
                float[] to = memories.get(memory.id()).floats();
                System.arraycopy(history, 0, to, 0, to.length);
              });
      run.load(memories);
      Chunk chunk = new Chunk(plan, STEPS);
      chunk.steps(STEPS);
      for (int c = 0; c < CHUNKS; c++) {
        float[] x = chunk.value(plan.inputs().get(0));
        System.arraycopy(input, c * STEPS * BATCH * SIZE, x, 0, STEPS * BATCH * SIZE);
        run.run(chunk);
        for (int id : plan.outputs()) {
          Shape shape = plan.values().get(id).shape().prepend(STEPS * BATCH);
          results.add(Tensor.of(shape, chunk.value(id).clone()));
        }
        results.addAll(run.memories());
      }
    }
    return results;
  }
}
