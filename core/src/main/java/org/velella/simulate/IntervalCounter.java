package org.velella.simulate;

import java.util.Map;
import org.velella.backend.Chunk;
import org.velella.plan.Plan;
import org.velella.tensor.Tensor;

/** Keeps each output neuron's last spike and the sum of squares of the intervals between spikes. */
final class IntervalCounter implements OutputCounter {
  private final Plan plan;
  private final Tensor last;
  private final Tensor squares;

  IntervalCounter(Plan plan, TileState from) {
    this.plan = plan;
    last = from.statistics().get(OutputMetrics.LAST_SPIKE_STEP).copy();
    squares = from.statistics().get(OutputMetrics.INTERVAL_SQUARES).copy();
  }

  @Override
  public void count(long firstStep, Chunk chunk) {
    int width = last.shape().dim(1);
    int column = 0;
    for (int id : plan.outputs()) {
      int from = column;
      SpikeReader.read(
          plan,
          chunk,
          id,
          (t, sample, neuron, count) ->
              add(sample * width + from + neuron, Math.toIntExact(firstStep + t)));
      column += plan.values().get(id).size();
    }
  }

  // Several spikes in one step have intervals of 0 between them, which add nothing.
  private void add(int at, int step) {
    int before = last.ints()[at];
    if (before >= 0) {
      long interval = step - before;
      squares.longs()[at] = Math.addExact(squares.longs()[at], interval * interval);
    }
    last.ints()[at] = step;
  }

  @Override
  public void finish(Map<String, Tensor> statistics) {
    statistics.put(OutputMetrics.LAST_SPIKE_STEP, last);
    statistics.put(OutputMetrics.INTERVAL_SQUARES, squares);
  }
}
