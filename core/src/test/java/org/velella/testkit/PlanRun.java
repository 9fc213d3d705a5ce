package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.ChunkUse;
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
 * every bit: with every variable recorded; with nothing recorded and spikes taken in the form that
 * the backend prefers; and with spikes counted where it counts them. All that for inputs that
 * change, and for inputs that are the same at every step and held where the backend holds them.
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
    agree(network, batch, parameters, inputs, Input.CHANGING);
    float[][] same = new float[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      int size = inputs[i].length / steps;
      same[i] = new float[inputs[i].length];
      for (int t = 0; t < steps; t++) {
        System.arraycopy(inputs[i], 0, same[i], t * size, size);
      }
    }
    agree(network, batch, parameters, same, Input.HELD);
  }

  private void agree(
      Network network, int batch, TileParameters parameters, float[][] inputs, Input input) {
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
    Plan plain = Lowering.lower(network, PlanOptions.ofBatch(batch));
    for (Form form : Form.values()) {
      Plan plan = form == Form.NUMBERS ? recorded : plain;
      List<Integer> ids = form == Form.NUMBERS ? List.copyOf(plan.visible()) : plan.outputs();
      List<Integer> expectedIds = form == Form.NUMBERS ? ids : recorded.outputs();
      run(plan, parameters, inputs, input, ids, form, expected, expectedIds, literal);
    }
  }

  private enum Input {
    CHANGING,
    HELD
  }

  private enum Form {
    NUMBERS,
    PACKED,
    COUNTED
  }

  private void run(
      Plan plan,
      TileParameters parameters,
      float[][] inputs,
      Input input,
      List<Integer> ids,
      Form form,
      List<float[][]> expected,
      List<Integer> expectedIds,
      LiteralPlan literal) {
    try (Program program = backend.compile(plan);
        TileRun run = program.open(parameters)) {
      int capacity = 1 + random.nextInt(steps);
      Chunk chunk = chunk(plan, capacity, program, input, form);
      Map<Integer, int[]> counts = new HashMap<>();
      Map<Integer, int[]> first = new HashMap<>();
      for (int done = 0; done < steps; done += chunk.steps()) {
        chunk.steps(Math.min(capacity, steps - done));
        for (int i = 0; i < inputs.length; i++) {
          int size = inputs[i].length / steps;
          float[] target = chunk.value(plan.inputs().get(i));
          int given = chunk.held(plan.inputs().get(i)) ? 1 : chunk.steps();
          System.arraycopy(inputs[i], done * size, target, 0, given * size);
        }
        for (int id : ids) {
          if (chunk.totals(id) != null) {
            chunk.totals(id).begin(done);
          }
        }
        run.run(chunk);
        for (int t = 0; t < chunk.steps(); t++) {
          for (int k = 0; k < ids.size(); k++) {
            float[] wanted = expected.get(done + t)[expectedIds.get(k)];
            int id = ids.get(k);
            if (chunk.totals(id) == null) {
              compare(plan, id, done + t, frame(plan, chunk, id, t), wanted);
            } else {
              int[] silent = new int[wanted.length];
              Arrays.fill(silent, -1);
              count(
                  done + t,
                  wanted,
                  counts.computeIfAbsent(id, any -> new int[wanted.length]),
                  first.computeIfAbsent(id, any -> silent));
            }
          }
        }
      }
      for (int id : counts.keySet()) {
        String name = plan.values().get(id) + " of " + plan.stages();
        assertThat(chunk.totals(id).counts()).as(name).isEqualTo(counts.get(id));
        assertThat(chunk.totals(id).first()).as(name).isEqualTo(first.get(id));
      }
      for (int m = 0; m < plan.memories().size(); m++) {
        assertThat(run.memories().get(m).bitEquals(literal.memories().get(m)))
            .as(plan.memories().get(m).path() + " of " + plan.stages())
            .isTrue();
      }
    }
  }

  private static Chunk chunk(Plan plan, int capacity, Program program, Input input, Form form) {
    if (form == Form.NUMBERS) {
      return new Chunk(plan, capacity);
    }
    Set<Integer> held = new HashSet<>(input == Input.HELD ? plan.inputs() : List.of());
    held.removeIf(id -> !program.holds(id));
    Set<Integer> counted = new HashSet<>(form == Form.COUNTED ? plan.outputs() : List.of());
    counted.removeIf(id -> !program.counts(id));
    return Chunk.packed(plan, capacity, program, new ChunkUse(held, counted));
  }

  private static void count(int step, float[] spikes, int[] counts, int[] first) {
    for (int i = 0; i < spikes.length; i++) {
      counts[i] += (int) spikes[i];
      first[i] = first[i] < 0 && spikes[i] != 0 ? step : first[i];
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
