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
  private float[] joined = new float[0];
  private boolean there;

  InputFeeder(Plan plan, Network network, TileInput input) {
    this.plan = plan;
    this.input = input;
    width = network.inputSize();
  }

  /** Brings the steps that the chunk is set to, or once the one that stands for all. */
  void feed(long firstStep, Chunk chunk) {
    boolean held = plan.inputs().stream().allMatch(chunk::held);
    if (!held || !there) {
      feed(firstStep, held ? 1 : chunk.steps(), chunk);
      there = true;
    }
  }

  private void feed(long firstStep, int steps, Chunk chunk) {
    if (plan.inputs().size() == 1) {
      input.fill(firstStep, steps, chunk.value(plan.inputs().get(0)));
      return;
    }
    int frames = steps * plan.batch();
    joined = joined.length < frames * width ? new float[frames * width] : joined;
    input.fill(firstStep, steps, joined);
    int from = 0;
    for (int id : plan.inputs()) {
      PlanValue value = plan.values().get(id);
      float[] target = chunk.value(id);
      for (int frame = 0; frame < frames; frame++) {
        System.arraycopy(joined, frame * width + from, target, frame * value.size(), value.size());
      }
      from += value.size();
    }
  }
}
