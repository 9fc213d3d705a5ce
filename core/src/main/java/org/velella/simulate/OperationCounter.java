package org.velella.simulate;

import java.util.List;
import java.util.Map;
import org.velella.backend.Chunk;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.Plan;
import org.velella.plan.SynapticWork;
import org.velella.tensor.Tensor;

/** Counts spikes and operations of every node, for each sample. */
final class OperationCounter implements OutputCounter {
  private final Plan plan;
  private final List<CountedNodes.Counted> nodes;
  private final Tensor spikes;
  private final Tensor synaptic;
  private final Tensor additions;
  private final Tensor products;
  private final Tensor updates;
  private final float[] sum;
  private final float[] expanded;

  /** Some numbers, from a place on. */
  private record Numbers(float[] values, int from) {}

  OperationCounter(Plan plan, TileState from, List<CountedNodes.Counted> nodes) {
    this.plan = plan;
    this.nodes = nodes;
    spikes = from.statistics().get(OutputMetrics.NODE_SPIKES).copy();
    synaptic = from.statistics().get(OutputMetrics.NODE_SYNAPTIC_OPERATIONS).copy();
    additions = from.statistics().get(OutputMetrics.NODE_ADDITIONS).copy();
    products = from.statistics().get(OutputMetrics.NODE_PRODUCTS).copy();
    updates = from.statistics().get(OutputMetrics.NODE_UPDATES).copy();
    int longest = 0;
    for (List<List<Integer>> inputs : plan.reads().values()) {
      for (List<Integer> sources : inputs) {
        longest = Math.max(longest, sources.isEmpty() ? 0 : size(sources.get(0)));
      }
    }
    sum = new float[longest];
    expanded = new float[longest];
  }

  private int size(int id) {
    return plan.values().get(id).size();
  }

  @Override
  public void count(long firstStep, Chunk chunk) {
    for (int k = 0; k < nodes.size(); k++) {
      CountedNodes.Counted node = nodes.get(k);
      for (int n = 0; n < plan.batch(); n++) {
        int at = n * nodes.size() + k;
        additions.longs()[at] += node.additions() * chunk.steps();
        products.longs()[at] += node.products() * chunk.steps();
        updates.longs()[at] += node.updates() * chunk.steps();
        for (int t = 0; t < chunk.steps(); t++) {
          int row = t * plan.batch() + n;
          if (node.spikes()) {
            spikes.longs()[at] += spikes(chunk, plan.nodeValues().get(node.node().name()), row);
          }
          if (node.reads()) {
            read(node, chunk, row, at);
          }
        }
      }
    }
  }

  /** The spikes of one sample in one step. */
  private long spikes(Chunk chunk, int id, int row) {
    int size = size(id);
    long count = 0;
    if (chunk.spikes(id) == null) {
      for (int i = row * size; i < (row + 1) * size; i++) {
        count += (long) chunk.value(id)[i];
      }
      return count;
    }
    int words = SpikeFrameKernel.words(size);
    for (int w = row * words; w < (row + 1) * words; w++) {
      count += Long.bitCount(chunk.spikes(id)[w]);
    }
    return count;
  }

  private void read(CountedNodes.Counted node, Chunk chunk, int row, int at) {
    for (List<Integer> sources : plan.reads().get(node.node().name())) {
      if (sources.isEmpty()) {
        continue;
      }
      int size = size(sources.get(0));
      long[] bits = chunk.spikes(sources.get(0));
      if (sources.size() == 1 && bits != null) {
        if (node.work() != null) {
          int words = SpikeFrameKernel.words(size);
          weights(node.work(), bits, row * words, words, at);
        }
        continue;
      }
      Numbers met = numbers(chunk, sources.get(0), row, sum);
      for (int next = 1; next < sources.size(); next++) {
        Numbers more = numbers(chunk, sources.get(next), row, expanded);
        additions.longs()[at] += additions(met, more, size);
        if (node.work() != null || next + 1 < sources.size()) {
          met = sum(met, more, size);
        }
      }
      if (node.work() != null) {
        weights(node.work(), met, size, at);
      }
    }
  }

  /** What a source sends of one sample in one step; spikes are written to {@code space}. */
  private Numbers numbers(Chunk chunk, int id, int row, float[] space) {
    int size = size(id);
    long[] spikes = chunk.spikes(id);
    if (spikes == null) {
      return new Numbers(chunk.value(id), row * size);
    }
    int from = row * SpikeFrameKernel.words(size);
    for (int i = 0; i < size; i++) {
      space[i] = spikes[from + i / Long.SIZE] >>> i & 1;
    }
    return new Numbers(space, 0);
  }

  /** The additions that are counted where these meet. */
  private static long additions(Numbers a, Numbers b, int size) {
    long ones = 0;
    // Most sums have other numbers among their first elements.
    for (int i = 0; i < size; i++) {
      float x = a.values[a.from + i];
      float y = b.values[b.from + i];
      if (!isBinary(x) || !isBinary(y)) {
        return size;
      }
      ones += (x == 1 ? 1 : 0) + (y == 1 ? 1 : 0);
    }
    return ones;
  }

  private Numbers sum(Numbers a, Numbers b, int size) {
    for (int i = 0; i < size; i++) {
      sum[i] = a.values[a.from + i] + b.values[b.from + i];
    }
    return new Numbers(sum, 0);
  }

  private static boolean isBinary(float value) {
    return value == 0 || value == 1;
  }

  private void weights(SynapticWork work, long[] bits, int from, int words, int at) {
    long met = 0;
    for (int w = 0; w < words; w++) {
      for (long word = bits[from + w]; word != 0; word &= word - 1) {
        met += work.fanOut(w * Long.SIZE + Long.numberOfTrailingZeros(word));
      }
    }
    synaptic.longs()[at] += met;
    additions.longs()[at] += met;
  }

  /** Weights that take numbers. */
  private void weights(SynapticWork work, Numbers in, int size, int at) {
    long met = 0;
    boolean binary = true;
    for (int i = 0; binary && i < size; i++) {
      float x = in.values[in.from + i];
      // Mostly nobody fires.
      if (x != 0) {
        binary = x == 1;
        met += work.fanOut(i);
      }
    }
    if (binary || work.binaryWeights()) {
      synaptic.longs()[at] += binary ? met : work.dense();
      additions.longs()[at] += binary ? met : work.dense();
    } else {
      products.longs()[at] += work.dense();
    }
  }

  @Override
  public void finish(Map<String, Tensor> statistics) {
    statistics.put(OutputMetrics.NODE_SPIKES, spikes);
    statistics.put(OutputMetrics.NODE_SYNAPTIC_OPERATIONS, synaptic);
    statistics.put(OutputMetrics.NODE_ADDITIONS, additions);
    statistics.put(OutputMetrics.NODE_PRODUCTS, products);
    statistics.put(OutputMetrics.NODE_UPDATES, updates);
  }
}
