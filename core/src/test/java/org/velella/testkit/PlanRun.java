package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.TileRun;
import org.velella.network.Network;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/**
 * Runs networks on a backend, in chunks of random length, beside {@link LiteralPlan}, and compares
 * every bit: once with every variable recorded, and once with nothing recorded and spikes taken in
 * the form that the backend prefers.
 */
final class PlanRun {
  private final Backend backend;
  private final SplittableRandom random;
  private final int steps;

  PlanRun(Backend backend, SplittableRandom random, int steps) {
    this.backend = backend;
    this.random = random;
    this.steps = steps;
  }

  /**
   * Fails where backend and definition differ.
   *
   * @param inputs one sequence {@code [T, N, *]} per Input node
   */
  void agree(Network network, int batch, TileParameters parameters, float[]... inputs) {
    Set<String> variables = new HashSet<>(Lowering.recordable(network));
    Plan recorded = Lowering.lower(network, new PlanOptions(batch, Set.of(), variables));
    LiteralPlan literal = new LiteralPlan(recorded, parameters);
    List<float[][]> expected = new ArrayList<>();
    for (int t = 0; t < steps; t++) {
      float[][] frame = new float[inputs.length][];
      for (int i = 0; i < inputs.length; i++) {
        int size = inputs[i].length / steps;
        frame[i] = Arrays.copyOfRange(inputs[i], t * size, (t + 1) * size);
      }
      expected.add(literal.step(frame));
    }
    List<Integer> visible = List.copyOf(recorded.visible());
    run(recorded, parameters, inputs, visible, Form.NUMBERS, expected, visible, literal);
    Plan plain = Lowering.lower(network, PlanOptions.ofBatch(batch));
    List<Integer> outputs = recorded.outputs();
    run(plain, parameters, inputs, plain.outputs(), Form.PACKED, expected, outputs, literal);
  }

  private enum Form {
    NUMBERS,
    PACKED
  }

  private void run(
      Plan plan,
      TileParameters parameters,
      float[][] inputs,
      List<Integer> ids,
      Form form,
      List<float[][]> expected,
      List<Integer> expectedIds,
      LiteralPlan literal) {
    try (Program program = backend.compile(plan);
        TileRun run = program.open(parameters)) {
      int capacity = 1 + random.nextInt(steps);
      Chunk chunk =
          form == Form.PACKED ? Chunk.packed(plan, capacity, program) : new Chunk(plan, capacity);
      for (int done = 0; done < steps; done += chunk.steps()) {
        chunk.steps(Math.min(capacity, steps - done));
        for (int i = 0; i < inputs.length; i++) {
          int size = inputs[i].length / steps;
          float[] target = chunk.value(plan.inputs().get(i));
          System.arraycopy(inputs[i], done * size, target, 0, chunk.steps() * size);
        }
        run.run(chunk);
        for (int t = 0; t < chunk.steps(); t++) {
          for (int k = 0; k < ids.size(); k++) {
            float[] wanted = expected.get(done + t)[expectedIds.get(k)];
            compare(plan, ids.get(k), done + t, frame(plan, chunk, ids.get(k), t), wanted);
          }
        }
      }
      for (int m = 0; m < plan.memories().size(); m++) {
        assertThat(run.memories().get(m).bitEquals(literal.memories().get(m)))
            .as(plan.memories().get(m).path() + " of " + plan.stages())
            .isTrue();
      }
    }
  }

  /** One step of a value {@code [N, *]}, as numbers. */
  private static float[] frame(Plan plan, Chunk chunk, int id, int t) {
    int size = plan.values().get(id).size();
    int length = plan.batch() * size;
    if (chunk.spikes(id) == null) {
      return Arrays.copyOfRange(chunk.value(id), t * length, (t + 1) * length);
    }
    int words = SpikeFrameKernel.words(size);
    float[] numbers = new float[length];
    for (int n = 0; n < plan.batch(); n++) {
      int first = (t * plan.batch() + n) * words;
      for (int i = 0; i < words * Long.SIZE; i++) {
        long bit = chunk.spikes(id)[first + i / Long.SIZE] >>> i & 1;
        if (i < size) {
          numbers[n * size + i] = bit;
        } else {
          assertThat(bit).as("bit %d of a frame of %d elements", i, size).isZero();
        }
      }
    }
    return numbers;
  }

  private static void compare(Plan plan, int id, int step, float[] found, float[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (Tensor.canonicalBits(found[i]) != Tensor.canonicalBits(wanted[i])) {
        throw new AssertionError(
            "%s, step %d, element %d of %d: expected %s (%08x), found %s (%08x); %s"
                .formatted(
                    plan.values().get(id),
                    step,
                    i,
                    wanted.length,
                    wanted[i],
                    Tensor.canonicalBits(wanted[i]),
                    found[i],
                    Tensor.canonicalBits(found[i]),
                    plan.stages()));
      }
    }
  }
}
