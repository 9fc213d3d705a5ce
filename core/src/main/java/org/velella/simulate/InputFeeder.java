package org.velella.simulate;

import org.velella.backend.Chunk;
import org.velella.network.Network;
import org.velella.plan.Plan;
import org.velella.plan.PlanValue;

/**
 * Brings a tile's input into the chunk; with several Input nodes, cuts each sample's row in parts.
 */
final class InputFeeder {
  private final Plan plan;
  private final TileInput input;
  private final int width;
  private final float[] joined;

  InputFeeder(Plan plan, Network network, TileInput input, int capacity) {
    this.plan = plan;
    this.input = input;
    width = network.inputSize();
    joined =
        plan.inputs().size() == 1
            ? null
            : new float[Math.toIntExact((long) capacity * plan.batch() * width)];
  }

  void feed(long firstStep, Chunk chunk) {
    if (joined == null) {
      input.fill(firstStep, chunk.steps(), chunk.value(plan.inputs().get(0)));
      return;
    }
    input.fill(firstStep, chunk.steps(), joined);
    int from = 0;
    for (int id : plan.inputs()) {
      PlanValue value = plan.values().get(id);
      float[] target = chunk.value(id);
      for (int frame = 0; frame < chunk.steps() * plan.batch(); frame++) {
        System.arraycopy(joined, frame * width + from, target, frame * value.size(), value.size());
      }
      from += value.size();
    }
  }
}
