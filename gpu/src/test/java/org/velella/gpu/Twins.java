package org.velella.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.ChunkUse;
import org.velella.backend.Program;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.Network;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/** The same network on a device and by the definition, compared bit for bit. */
final class Twins {
  private final Network network;
  private final int batch;
  private final int steps;
  private final float[][] inputs;

  /**
   * Twins.
   *
   * @param inputs one sequence {@code [T, N, *]} per Input node
   */
  Twins(Network network, int batch, int steps, float[]... inputs) {
    this.network = network;
    this.batch = batch;
    this.steps = steps;
    this.inputs = inputs;
  }

  /** What came out: every visible value as numbers, then every memory. */
  record Outcome(List<float[]> values, List<Tensor> memories) {}

  /** Runs in chunks of {@code capacity} steps, inputs and values of the chunk in either form. */
  Outcome run(Backend backend, int capacity) {
    Plan plan = Lowering.lower(network, PlanOptions.ofBatch(batch));
    List<Integer> visible = List.copyOf(new TreeSet<>(plan.visible()));
    float[][] values = new float[visible.size()][];
    for (int k = 0; k < values.length; k++) {
      values[k] = new float[steps * batch * plan.values().get(visible.get(k)).size()];
    }
    try (Program program = backend.compile(plan);
        TileRun run = program.open(TileParameters.NONE)) {
      Chunk chunk = Chunk.packed(plan, capacity, program, ChunkUse.PLAIN);
      for (int done = 0; done < steps; done += chunk.steps()) {
        chunk.steps(Math.min(capacity, steps - done));
        for (int i = 0; i < inputs.length; i++) {
          int frame = inputs[i].length / steps;
          float[] target = chunk.value(plan.inputs().get(i));
          System.arraycopy(inputs[i], done * frame, target, 0, chunk.steps() * frame);
        }
        run.run(chunk);
        for (int k = 0; k < values.length; k++) {
          int size = plan.values().get(visible.get(k)).size();
          read(chunk, visible.get(k), size, values[k], done * batch * size);
        }
      }
      return new Outcome(Arrays.asList(values), run.memories());
    }
  }

  private void read(Chunk chunk, int id, int size, float[] to, int at) {
    int length = chunk.steps() * batch * size;
    if (chunk.spikes(id) == null) {
      System.arraycopy(chunk.value(id), 0, to, at, length);
      return;
    }
    int words = SpikeFrameKernel.words(size);
    for (int i = 0; i < length; i++) {
      int word = i / size * words + i % size / Long.SIZE;
      to[at + i] = chunk.spikes(id)[word] >>> i % size & 1;
    }
  }

  /** Fails where a device and the definition differ. */
  void agree(CudaBackend backend, int capacity) {
    requireSame(run(backend, capacity), run(new ScalarBackend(), steps));
  }

  /** Fails where two outcomes differ. */
  static void requireSame(Outcome found, Outcome wanted) {
    for (int k = 0; k < wanted.values().size(); k++) {
      float[] a = found.values().get(k);
      float[] b = wanted.values().get(k);
      for (int i = 0; i < b.length; i++) {
        if (Tensor.canonicalBits(a[i]) != Tensor.canonicalBits(b[i])) {
          throw new AssertionError(
              "value %d, element %d of %d: found %s, wanted %s"
                  .formatted(k, i, b.length, a[i], b[i]));
        }
      }
    }
    for (int m = 0; m < wanted.memories().size(); m++) {
      assertThat(found.memories().get(m).bitEquals(wanted.memories().get(m)))
          .as("memory %d", m)
          .isTrue();
    }
  }

  /** Numbers of visible values, for tests that need something to have happened. */
  static Set<Float> distinct(Outcome outcome) {
    Set<Float> all = new TreeSet<>();
    outcome
        .values()
        .forEach(
            values -> {
              for (float value : values) {
                all.add(value);
              }
            });
    return all;
  }
}
