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

  /** The counters of each output whose spikes come as bits. */
  private final BitCounter[] bits;

  SpikeCounter(Plan plan, TileState from) {
    this.plan = plan;
    width = from.spikeCounts().shape().dim(1);
    counts = from.spikeCounts().ints().clone();
    first = from.firstSpikeStep().ints().clone();
    bits = new BitCounter[plan.outputs().size()];
  }

  void count(long firstStep, Chunk chunk) {
    int column = 0;
    for (int k = 0; k < bits.length; k++) {
      int id = plan.outputs().get(k);
      int size = plan.values().get(id).size();
      if (chunk.spikes(id) == null) {
        count(firstStep, chunk.steps(), chunk.value(id), size, column);
      } else {
        if (bits[k] == null) {
          bits[k] = new BitCounter(plan.batch(), size, first, width, column);
        }
        bits[k].count(firstStep, chunk.steps(), chunk.spikes(id));
      }
      column += size;
    }
  }

  private void count(long firstStep, int steps, float[] spikes, int size, int column) {
    for (int t = 0, i = 0; t < steps; t++) {
      int step = Math.toIntExact(firstStep + t);
      for (int n = 0; n < plan.batch(); n++) {
        for (int f = 0; f < size; f++, i++) {
          if (spikes[i] != 0) {
            add(n * width + column + f, (int) spikes[i], step);
          }
        }
      }
    }
  }

  private void add(int at, int spikes, int step) {
    counts[at] = Math.addExact(counts[at], spikes);
    if (first[at] < 0) {
      first[at] = step;
    }
  }

  Tensor counts() {
    for (BitCounter counter : bits) {
      if (counter != null) {
        counter.addTo(counts);
      }
    }
    return Tensor.of(Shape.of(plan.batch(), width), counts);
  }

  Tensor firstSteps() {
    return Tensor.of(Shape.of(plan.batch(), width), first);
  }
}
