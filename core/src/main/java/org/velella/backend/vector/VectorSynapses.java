package org.velella.backend.vector;

import org.velella.backend.FrameKernel;
import org.velella.backend.RuleKernels;
import org.velella.plan.ConvOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.SparseOp;
import org.velella.plan.StatelessOp;

/**
 * The stateless ops on the Vector API: dense and event-driven linear, sparse projections,
 * convolution, pooling.
 */
public final class VectorSynapses {
  private VectorSynapses() {}

  /**
   * The kernel of an op, its weights packed. If it is a {@link
   * org.velella.backend.SpikeFrameKernel} it takes spikes as bits too.
   */
  public static FrameKernel kernel(StatelessOp op) {
    return kernel(op, Watches.HERE);
  }

  /** The same under watches of one's own. */
  static FrameKernel kernel(StatelessOp op, Watches watches) {
    if (op instanceof LinearOp linear) {
      return new VectorLinear(linear, watches);
    }
    if (op instanceof ConvOp conv) {
      return new VectorConv(conv, watches);
    }
    if (op instanceof SparseOp sparse) {
      return GuardedLayer.of(new VectorSparse(sparse), op, KernelForm.SPARSE, watches);
    }
    if (op instanceof EqualWeightOp equal) {
      return GuardedLayer.of(new VectorEqualWeight(equal), op, KernelForm.EQUAL_WEIGHT, watches);
    }
    return op instanceof PoolOp pool
        ? GuardedLayer.of(new VectorPool(pool), op, KernelForm.POOL, watches)
        : GuardedLayer.of(new VectorScale((ScaleOp) op), op, KernelForm.SCALE, watches);
  }

  /**
   * Runs the kernels of an op's kind on tiny inputs until they are compiled: up to a third of a
   * second, once per JVM and kind.
   */
  public static void prime(StatelessOp op) {
    prime(op, SynapsePriming.NANOS_PER_KIND);
  }

  /** Does that for at most so long. */
  static void prime(StatelessOp op, long nanos) {
    SynapsePriming.prime(op, nanos);
  }

  /** The kernels of synapses that learn. */
  public static RuleKernels rules() {
    return new VectorRules(Watches.HERE);
  }

  /** Does that for sums of edges. */
  static void primeSums(long nanos) {
    SynapsePriming.primeSums(nanos);
  }

  /** Does that for every kind. */
  public static void prime() {
    SynapsePriming.primeAll();
  }
}
