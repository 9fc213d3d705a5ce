package org.velella.simulate;

import java.util.Arrays;
import java.util.Map;
import org.velella.backend.Chunk;
import org.velella.plan.Plan;
import org.velella.tensor.Tensor;

/**
 * Counts the spikes of all outputs together in windows of the run's steps {@code [kW, (k + 1) W)},
 * and keeps the sum of squares of those that are over.
 */
final class WindowCounter implements OutputCounter {
  private final Plan plan;
  private final int window;
  private final Tensor spikes;
  private final Tensor squares;
  private int[] perStep = new int[0];

  WindowCounter(Plan plan, TileState from, int window) {
    this.plan = plan;
    this.window = window;
    spikes = from.statistics().get(OutputMetrics.WINDOW_SPIKES).copy();
    squares = from.statistics().get(OutputMetrics.WINDOW_SQUARES).copy();
  }

  @Override
  public void count(long firstStep, Chunk chunk) {
    int batch = plan.batch();
    int needed = chunk.steps() * batch;
    if (perStep.length < needed) {
      perStep = new int[needed];
    }
    Arrays.fill(perStep, 0, needed, 0);
    for (int id : plan.outputs()) {
      SpikeReader.read(
          plan,
          chunk,
          id,
          (t, sample, neuron, count) ->
              perStep[t * batch + sample] = Math.addExact(perStep[t * batch + sample], count));
    }
    for (int t = 0; t < chunk.steps(); t++) {
      boolean ends = (firstStep + t + 1) % window == 0;
      for (int n = 0; n < batch; n++) {
        spikes.longs()[n] += perStep[t * batch + n];
        if (ends) {
          long count = spikes.longs()[n];
          squares.longs()[n] = Math.addExact(squares.longs()[n], Math.multiplyExact(count, count));
          spikes.longs()[n] = 0;
        }
      }
    }
  }

  @Override
  public void finish(Map<String, Tensor> statistics) {
    statistics.put(OutputMetrics.WINDOW_SPIKES, spikes);
    statistics.put(OutputMetrics.WINDOW_SQUARES, squares);
  }
}
