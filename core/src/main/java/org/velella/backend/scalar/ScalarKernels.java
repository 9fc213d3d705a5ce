package org.velella.backend.scalar;

import org.velella.backend.DelayedKernel;
import org.velella.backend.EncoderKernel;
import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.NeuronKernel;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.PeriodicOperation;
import org.velella.encoding.PoissonCountOperation;
import org.velella.plan.ConvOp;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.SparseOp;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;

/** The kernels that define the arithmetic; other backends take them for what is not worth more. */
public final class ScalarKernels implements HeapKernels {
  @Override
  public FrameKernel stateless(StatelessOp op) {
    if (op instanceof LinearOp linear) {
      return new ScalarLinear(linear);
    }
    if (op instanceof ConvOp conv) {
      return new ScalarConv(conv);
    }
    if (op instanceof SparseOp sparse) {
      return new ScalarSparse(sparse);
    }
    if (op instanceof EqualWeightOp equal) {
      return new ScalarEqualWeight(equal);
    }
    return op instanceof PoolOp pool ? new ScalarPool(pool) : new ScalarScale((ScaleOp) op);
  }

  @Override
  public DelayedKernel delayed(DelayedSparseOp op, int batch) {
    return new ScalarDelayedSparse(op, batch);
  }

  @Override
  public EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters) {
    if (op.operation() instanceof CycleOperation cycle) {
      return new ScalarCycle(op, cycle, op.cycles(batch, parameters), batch);
    }
    if (op.operation() instanceof PeriodicOperation periodic) {
      return new ScalarPeriodic(op, periodic, batch);
    }
    if (op.operation() instanceof PoissonCountOperation) {
      return new ScalarPoissonCount(op, batch, parameters.samples());
    }
    BernoulliOperation operation = (BernoulliOperation) op.operation();
    return new ScalarBernoulli(op, operation, batch, parameters.samples());
  }

  @Override
  public NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters) {
    return new ScalarNeurons(op, batch, parameters);
  }
}
