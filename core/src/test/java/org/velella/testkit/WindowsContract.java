package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.backend.Chunk;
import org.velella.backend.HeapKernels;
import org.velella.backend.HeapProgram;
import org.velella.backend.Program;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.encoding.BernoulliOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.synapse.DelayOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** However few steps fit between the ops, outputs and memories are those of the scalar kernels. */
public abstract class WindowsContract {
  private static final int STEPS = 23;
  private static final int BATCH = 3;

  /** Fresh ones. */
  protected abstract HeapKernels kernels();

  @Seeded(times = 4)
  protected void windowsNeverShow(SplittableRandom random) {
    for (Network network :
        List.of(
            TestLayers.chain(random, 33),
            TestLayers.imageChain(random),
            TestLayers.recurrent(random),
            TestLayers.gradedCycle(random, 33),
            late(random, Shape.of(TestLayers.between(random, 1, 80))),
            TestLearning.taughtByItsNeurons(
                TestLearning.operation(random, 33, 17, 0.5, TestLearning.rules(random).get(0))))) {
      Plan plan = Lowering.lower(network, PlanOptions.ofBatch(BATCH));
      List<float[]> inputs = new ArrayList<>();
      for (int id : plan.inputs()) {
        int length = STEPS * BATCH * plan.values().get(id).size();
        inputs.add(TestInputs.sequence(random, length, false));
      }
      List<Tensor> whole = run(plan, new ScalarKernels(), inputs, Long.MAX_VALUE / 2);
      long perStep = plan.floatsPerStep() * Float.BYTES;
      for (long bytes : new long[] {1, 2 * perStep, 7 * perStep, Long.MAX_VALUE / 2}) {
        List<Tensor> windows = run(plan, kernels(), inputs, bytes);
        for (int i = 0; i < whole.size(); i++) {
          assertThat(windows.get(i).bitEquals(whole.get(i)))
              .as("tensor %d, windows of %d bytes, %s", i, bytes, plan.stages())
              .isTrue();
        }
      }
    }
  }

  /** Spikes drawn, on their way for longer than a window, through synapses with delays. */
  private static Network late(SplittableRandom random, Shape shape) {
    return Network.builder()
        .node("input", new InputOperation(shape))
        .node("encoder", BernoulliOperation.dense())
        .node("late", DelayOperation.of(TestLayers.between(random, 1, 9)))
        .node("synapses", TestSynapses.delayed(random, shape, shape, 0.3, 5))
        .node("neurons", new NeuronOperation(TestModels.lif(), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "encoder")
        .edge("encoder", "late")
        .edge("late", "synapses")
        .edge("synapses", "neurons")
        .edge("neurons", "output")
        .build();
  }

  /** The outputs of all steps, as bits where the program has them so, then the memories. */
  private static List<Tensor> run(
      Plan plan, HeapKernels kernels, List<float[]> inputs, long windowBytes) {
    try (Program program = new HeapProgram(plan, kernels, windowBytes);
        TileRun run = program.open(TileParameters.NONE)) {
      Chunk chunk = Chunk.packed(plan, STEPS, program);
      chunk.steps(STEPS);
      for (int i = 0; i < inputs.size(); i++) {
        float[] input = inputs.get(i);
        System.arraycopy(input, 0, chunk.value(plan.inputs().get(i)), 0, input.length);
      }
      run.run(chunk);
      List<Tensor> results = new ArrayList<>();
      for (int id : plan.outputs()) {
        Shape shape = plan.values().get(id).shape().prepend(STEPS * BATCH);
        long[] spikes = chunk.spikes(id);
        results.add(Tensor.of(shape, spikes == null ? chunk.value(id) : numbers(spikes, shape)));
      }
      results.addAll(run.memories());
      return results;
    }
  }

  private static float[] numbers(long[] spikes, Shape frames) {
    int size = frames.size() / (STEPS * BATCH);
    int words = SpikeFrameKernel.words(size);
    float[] numbers = new float[frames.size()];
    for (int i = 0; i < numbers.length; i++) {
      int f = i % size;
      numbers[i] = spikes[i / size * words + f / Long.SIZE] >>> f & 1;
    }
    return numbers;
  }
}
