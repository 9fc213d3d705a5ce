package org.velella.backend.vector;

import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;

/** One population on a backend; it goes on from where its last run ended. */
final class Population implements AutoCloseable {
  /** How spikes are handed over. */
  enum Form {
    NUMBERS,
    BITS
  }

  private final Plan plan;
  private final Program program;
  private final TileRun run;
  private final Chunk chunk;

  Population(Backend backend, NeuronOperation neurons, float[] x, int steps, Form form) {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(x.length / steps)))
            .node("neurons", neurons)
            .node("output", new OutputOperation())
            .edge("input", "neurons")
            .edge("neurons", "output")
            .build();
    plan = Lowering.lower(network, PlanOptions.ofBatch(1));
    program = backend.compile(plan);
    run = program.open(TileParameters.NONE);
    chunk = form == Form.BITS ? Chunk.packed(plan, steps, program) : new Chunk(plan, steps);
    chunk.steps(steps);
    System.arraycopy(x, 0, chunk.value(plan.inputs().get(0)), 0, x.length);
  }

  /** Runs all steps. */
  Object run() {
    run.run(chunk);
    return chunk;
  }

  /** The spikes of the last run, if they are numbers. */
  float[] output() {
    return chunk.value(plan.outputs().get(0));
  }

  /** A memory after the last run. */
  float[] memory(int number) {
    return run.memories().get(number).floats();
  }

  long spikes() {
    int id = plan.outputs().get(0);
    if (chunk.spikes(id) == null) {
      return count(chunk.value(id));
    }
    long count = 0;
    for (long word : chunk.spikes(id)) {
      count += Long.bitCount(word);
    }
    return count;
  }

  static long count(float[] spikes) {
    long count = 0;
    for (float spike : spikes) {
      count += spike != 0 ? 1 : 0;
    }
    return count;
  }

  @Override
  public void close() {
    run.close();
    program.close();
  }
}
