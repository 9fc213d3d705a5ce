package org.velella.backend.vector;

import org.velella.backend.EncoderKernel;
import org.velella.encoding.BernoulliOperation;
import org.velella.plan.EncoderOp;
import org.velella.plan.TileParameters;

/** The encoders on the Vector API. */
public final class VectorEncoders {
  private VectorEncoders() {}

  /** The kernel of an encoder in one tile. */
  public static EncoderKernel kernel(EncoderOp op, int batch, TileParameters parameters) {
    BernoulliOperation operation = (BernoulliOperation) op.operation();
    return new VectorBernoulli(op, operation, batch, parameters.samples());
  }
}
