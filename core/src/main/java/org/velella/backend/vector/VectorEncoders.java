package org.velella.backend.vector;

import org.velella.backend.EncoderKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.encoding.BernoulliOperation;
import org.velella.plan.EncoderOp;
import org.velella.plan.TileParameters;

/** The encoders on the Vector API: those that draw; the others only copy and compare. */
public final class VectorEncoders {
  private VectorEncoders() {}

  /** The kernel of an encoder in one tile. */
  public static EncoderKernel kernel(EncoderOp op, int batch, TileParameters parameters) {
    return op.operation() instanceof BernoulliOperation operation
        ? new VectorBernoulli(op, operation, batch, parameters.samples())
        : new ScalarKernels().encoder(op, batch, parameters);
  }
}
