package org.velella.simulate;

import org.velella.backend.Chunk;
import org.velella.plan.Plan;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Counts the spikes of the output neurons and keeps the step of each one's first. */
final class SpikeCounter {
  private final Plan plan;
  private final int width;
  private final int[] counts;
  private final int[] first;

  SpikeCounter(Plan plan, TileState from) {
    this.plan = plan;
    width = from.spikeCounts().shape().dim(1);
    counts = from.spikeCounts().ints().clone();
    first = from.firstSpikeStep().ints().clone();
  }

  void count(long firstStep, Chunk chunk) {
    int column = 0;
    for (int id : plan.outputs()) {
      int size = plan.values().get(id).size();
      float[] spikes = chunk.value(id);
      for (int t = 0, i = 0; t < chunk.steps(); t++) {
        int step = Math.toIntExact(firstStep + t);
        for (int n = 0; n < plan.batch(); n++) {
          for (int f = 0; f < size; f++, i++) {
            if (spikes[i] != 0) {
              add(n * width + column + f, (int) spikes[i], step);
            }
          }
        }
      }
      column += size;
    }
  }

  private void add(int at, int spikes, int step) {
    counts[at] = Math.addExact(counts[at], spikes);
    if (first[at] < 0) {
      first[at] = step;
    }
  }

  Tensor counts() {
    return Tensor.of(Shape.of(plan.batch(), width), counts);
  }

  Tensor firstSteps() {
    return Tensor.of(Shape.of(plan.batch(), width), first);
  }
}
