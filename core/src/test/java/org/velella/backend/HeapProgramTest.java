package org.velella.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.network.Network;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;

class HeapProgramTest {
  private static final int STEPS = 23;
  private static final int BATCH = 3;

  /** However few steps fit between the ops, outputs and memories are the same. */
  @Seeded(times = 4)
  void windowsNeverShow(SplittableRandom random) {
    for (Network network :
        List.of(
            TestLayers.chain(random, 33),
            TestLayers.imageChain(random),
            TestLayers.recurrent(random))) {
      Plan plan = Lowering.lower(network, PlanOptions.ofBatch(BATCH));
      List<float[]> inputs = new ArrayList<>();
      for (int id : plan.inputs()) {
        int length = STEPS * BATCH * plan.values().get(id).size();
        inputs.add(TestInputs.sequence(random, length, false));
      }
      List<Tensor> whole = run(plan, inputs, Long.MAX_VALUE / 2);
      long perStep = plan.floatsPerStep() * Float.BYTES;
      for (long bytes : new long[] {1, 2 * perStep, 7 * perStep}) {
        List<Tensor> windows = run(plan, inputs, bytes);
        for (int i = 0; i < whole.size(); i++) {
          assertThat(windows.get(i).bitEquals(whole.get(i))).as("tensor %d", i).isTrue();
        }
      }
    }
  }

  /** The outputs of all steps, then the memories. */
  private static List<Tensor> run(Plan plan, List<float[]> inputs, long windowBytes) {
    try (Program program = new HeapProgram(plan, new ScalarKernels(), windowBytes);
        TileRun run = program.open(TileParameters.NONE)) {
      Chunk chunk = new Chunk(plan, STEPS);
      chunk.steps(STEPS);
      for (int i = 0; i < inputs.size(); i++) {
        float[] input = inputs.get(i);
        System.arraycopy(input, 0, chunk.value(plan.inputs().get(i)), 0, input.length);
      }
      run.run(chunk);
      List<Tensor> results = new ArrayList<>();
      for (int id : plan.outputs()) {
        Shape shape = plan.values().get(id).shape().prepend(STEPS * BATCH);
        results.add(Tensor.of(shape, chunk.value(id)));
      }
      results.addAll(run.memories());
      return results;
    }
  }
}
