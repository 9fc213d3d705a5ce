package org.velella.population;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Axons that arrive at several times: a source has a tap for every delay of its synapses, in
 * ascending order, and what it sends comes out of each after that delay. A synapse reads the tap of
 * its delay, so that behind taps all synapses have none.
 *
 * @param axons the taps of every source
 * @param steps the delay of every tap
 * @param synapses the targets of every tap
 * @param order for each of these synapses, which one it is in the order of the sources
 */
record Taps(Connectivity axons, int[] steps, Connectivity synapses, int[] order) {
  /**
   * The taps that synapses with delays need.
   *
   * @param steps one for each synapse
   */
  static Taps of(Connectivity connectivity, int[] steps) {
    int[] rows = connectivity.offsets();
    int[] order = new int[connectivity.synapses()];
    int[] ends = new int[order.length + 1];
    int[] each = new int[order.length];
    int[] ofSource = new int[connectivity.sources() + 1];
    int taps = 0;
    for (int k = 0; k < connectivity.sources(); k++) {
      // Stable: the synapses of a tap keep their ascending order.
      int[] sorted =
          IntStream.range(rows[k], rows[k + 1])
              .boxed()
              .sorted((a, b) -> Integer.compare(steps[a], steps[b]))
              .mapToInt(e -> e)
              .toArray();
      System.arraycopy(sorted, 0, order, rows[k], sorted.length);
      for (int i = 0; i < sorted.length; i++) {
        if (i == 0 || steps[sorted[i]] != steps[sorted[i - 1]]) {
          each[taps++] = steps[sorted[i]];
        }
        ends[taps] = rows[k] + i + 1;
      }
      ofSource[k + 1] = taps;
    }
    int[] columns = Arrays.stream(order).map(e -> connectivity.columns()[e]).toArray();
    return new Taps(
        new Connectivity(taps, ofSource, IntStream.range(0, taps).toArray()),
        Arrays.copyOf(each, taps),
        new Connectivity(connectivity.targets(), Arrays.copyOf(ends, taps + 1), columns),
        order);
  }

  /** Sends what a source sends to each of its taps, as it is. */
  SparseOperation spread() {
    float[] ones = new float[steps.length];
    Arrays.fill(ones, 1);
    Tensor weight = Tensor.of(Shape.of(ones.length), ones);
    return new SparseOperation(Shape.of(axons.sources()), shape(), axons, weight);
  }

  /**
   * The delays of the taps.
   *
   * @param sooner by how many steps they are shorter
   */
  DelayOperation delay(int sooner) {
    int[] shorter = Arrays.stream(steps).map(each -> each - sooner).toArray();
    return new DelayOperation(Tensor.of(shape(), shorter));
  }

  /** The taps as a population. */
  Shape shape() {
    return Shape.of(steps.length);
  }

  /** Numbers of synapses that are in the order of the sources, in the order of the taps. */
  Tensor ordered(Tensor numbers) {
    Tensor ordered = Tensor.zeros(DType.FLOAT32, numbers.shape());
    for (int e = 0; e < order.length; e++) {
      ordered.floats()[e] = numbers.floats()[order[e]];
    }
    return ordered;
  }
}
