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
    if (op instanceof LinearOp linear) {
      return new VectorLinear(linear);
    }
    if (op instanceof SparseOp sparse) {
      return new VectorSparse(sparse);
    }
    if (op instanceof EqualWeightOp equal) {
      return new VectorEqualWeight(equal);
    }
    if (op instanceof ConvOp conv) {
      return new VectorConv(conv);
    }
    return op instanceof PoolOp pool ? new VectorPool(pool) : new VectorScale((ScaleOp) op);
  }

  /**
   * Runs the kernels of an op's kind on tiny inputs until they are compiled: up to a third of a
   * second, once per JVM and kind.
   */
  public static void prime(StatelessOp op) {
    SynapsePriming.prime(op);
  }

  /** The kernels of synapses that learn. */
  public static RuleKernels rules() {
    return new VectorRules();
  }

  /** Does that for sums of edges. */
  static void primeSums() {
    SynapsePriming.primeSums();
  }

  /** Does that for every kind. */
  public static void prime() {
    SynapsePriming.primeAll();
  }
}
