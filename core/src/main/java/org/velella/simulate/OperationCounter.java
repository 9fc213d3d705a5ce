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
      copy(chunk, sources.get(0), row);
      for (int source : sources.subList(1, sources.size())) {
        additions.longs()[at] += add(chunk, source, row);
      }
      if (node.work() != null) {
        weights(node.work(), size, at);
      }
    }
  }

  private void copy(Chunk chunk, int id, int row) {
    int size = size(id);
    if (chunk.spikes(id) == null) {
      System.arraycopy(chunk.value(id), row * size, sum, 0, size);
      return;
    }
    for (int i = 0; i < size; i++) {
      sum[i] = value(chunk, id, row, i);
    }
  }

  private float value(Chunk chunk, int id, int row, int element) {
    int word = row * SpikeFrameKernel.words(size(id)) + element / Long.SIZE;
    return chunk.spikes(id)[word] >>> element & 1;
  }

  /** Adds a source to the sum; returns the additions that are counted for it. */
  private long add(Chunk chunk, int id, int row) {
    int size = size(id);
    float[] values = chunk.value(id);
    int from = row * size;
    if (chunk.spikes(id) != null) {
      values = one(chunk, id, row);
      from = 0;
    }
    // Most sums have numbers among their first elements.
    boolean binary = true;
    for (int i = 0; binary && i < size; i++) {
      binary = isBinary(sum[i]) && isBinary(values[from + i]);
    }
    long ones = 0;
    for (int i = 0; binary && i < size; i++) {
      ones += (sum[i] == 1 ? 1 : 0) + (values[from + i] == 1 ? 1 : 0);
    }
    for (int i = 0; i < size; i++) {
      sum[i] += values[from + i];
    }
    return binary ? ones : size;
  }

  /** Bits as numbers. */
  private float[] one(Chunk chunk, int id, int row) {
    for (int i = 0; i < size(id); i++) {
      expanded[i] = value(chunk, id, row, i);
    }
    return expanded;
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

  /** Weights that take what is in the sum. */
  private void weights(SynapticWork work, int size, int at) {
    long met = 0;
    boolean binary = true;
    for (int i = 0; binary && i < size; i++) {
      binary = isBinary(sum[i]);
      met += sum[i] == 1 ? work.fanOut(i) : 0;
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
