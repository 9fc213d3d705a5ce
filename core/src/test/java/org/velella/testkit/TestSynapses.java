package org.velella.testkit;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.SparseOp;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Random sparse projections. */
public final class TestSynapses {
  private TestSynapses() {}

  /** Pairs connected at random at a density; some rows are empty, some full. */
  public static Connectivity connectivity(
      SplittableRandom random, int sources, int targets, double density) {
    int[] offsets = new int[sources + 1];
    int[] columns = new int[Math.multiplyExact(sources, targets)];
    int count = 0;
    for (int k = 0; k < sources; k++) {
      int sort = random.nextInt(20);
      for (int o = 0; o < targets; o++) {
        if (sort != 0 && (sort == 1 && density > 0 || random.nextDouble() < density)) {
          columns[count++] = o;
        }
      }
      offsets[k + 1] = count;
    }
    return new Connectivity(targets, offsets, Arrays.copyOf(columns, count));
  }

  /** Random weights of synapses, some of them zero. */
  public static Tensor weights(SplittableRandom random, Connectivity synapses) {
    float[] weights = new float[synapses.synapses()];
    for (int e = 0; e < weights.length; e++) {
      weights[e] = random.nextInt(10) == 0 ? 0f : (float) (random.nextDouble() * 2 - 0.8);
    }
    return Tensor.of(Shape.of(weights.length), weights);
  }

  /** A projection with random weights. */
  public static SparseOp sparse(SplittableRandom random, Connectivity synapses) {
    return new SparseOp("node", 0, 1, synapses, weights(random, synapses).floats());
  }

  /** A projection with random weights and delays, one of them the longest, on an axis or two. */
  public static DelayedSparseOperation delayed(
      SplittableRandom random, Shape source, Shape target, double density, int longest) {
    Connectivity synapses = connectivity(random, source.size(), target.size(), density);
    if (synapses.synapses() == 0) {
      int[] one = new int[source.size() + 1];
      Arrays.fill(one, 1, one.length, 1);
      synapses = new Connectivity(target.size(), one, new int[1]);
    }
    int[] steps = random.ints(synapses.synapses(), 0, longest + 1).toArray();
    steps[random.nextInt(steps.length)] = longest;
    Tensor delays = Tensor.of(Shape.of(steps.length), steps);
    return new DelayedSparseOperation(source, target, synapses, weights(random, synapses), delays);
  }

  /** A random weight. */
  public static EqualWeightOp equalWeight(SplittableRandom random, Connectivity synapses) {
    return new EqualWeightOp("node", 0, 1, synapses, (float) random.nextDouble(-1, 1));
  }
}
