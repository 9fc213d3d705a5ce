package org.velella.simulate;

import java.util.Map;
import org.velella.backend.Chunk;
import org.velella.backend.SpikeTotals;
import org.velella.plan.Plan;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Counts the spikes of the output neurons and keeps the step of each one's first. */
final class SpikeCounter implements OutputCounter {
  private final Plan plan;
  private final int width;
  private final int[] counts;
  private final int[] first;

  /** The counters of each output whose spikes come as bits. */
  private final BitCounter[] bits;

  /** Those of each output that the backend counts. */
  private final SpikeTotals[] totals;

  SpikeCounter(Plan plan, TileState from) {
    this.plan = plan;
    width = from.spikeCounts().shape().dim(1);
    counts = from.spikeCounts().ints().clone();
    first = from.firstSpikeStep().ints().clone();
    bits = new BitCounter[plan.outputs().size()];
    totals = new SpikeTotals[plan.outputs().size()];
  }

  @Override
  public void begin(long firstStep, Chunk chunk) {
    for (int id : plan.outputs()) {
      if (chunk.totals(id) != null) {
        chunk.totals(id).begin(firstStep);
      }
    }
  }

  @Override
  public void count(long firstStep, Chunk chunk) {
    int column = 0;
    for (int k = 0; k < bits.length; k++) {
      int id = plan.outputs().get(k);
      int size = plan.values().get(id).size();
      if (chunk.totals(id) != null) {
        totals[k] = chunk.totals(id);
      } else if (chunk.spikes(id) == null) {
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

  @Override
  public void finish(Map<String, Tensor> statistics) {
    int column = 0;
    for (int k = 0; k < bits.length; k++) {
      int size = plan.values().get(plan.outputs().get(k)).size();
      if (bits[k] != null) {
        bits[k].addTo(counts);
      }
      if (totals[k] != null) {
        add(totals[k], size, column);
      }
      column += size;
    }
    Shape shape = Shape.of(plan.batch(), width);
    statistics.put(OutputMetrics.SPIKE_COUNTS, Tensor.of(shape, counts));
    statistics.put(OutputMetrics.FIRST_SPIKE_STEP, Tensor.of(shape, first));
  }

  private void add(SpikeTotals own, int size, int column) {
    int[] more = own.counts();
    int[] ownFirst = own.first();
    for (int n = 0; n < plan.batch(); n++) {
      int at = n * width + column;
      for (int i = n * size; i < (n + 1) * size; i++, at++) {
        counts[at] = Math.addExact(counts[at], more[i]);
        // -1 if there is none; else, its own is later than one that is known.
        first[at] = first[at] < 0 ? ownFirst[i] : first[at];
      }
    }
  }
}
