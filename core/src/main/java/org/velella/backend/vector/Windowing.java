package org.velella.backend.vector;

import org.velella.plan.ConvOp;
import org.velella.plan.PoolOp;

/** How windows lie over the channels of a frame; what convolution and pooling have in common. */
record Windowing(
    int channels,
    int inH,
    int inW,
    int outH,
    int outW,
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int padH,
    int padW,
    int dilationH,
    int dilationW) {
  static Windowing of(ConvOp op) {
    return new Windowing(
        op.inChannels(),
        op.inH(),
        op.inW(),
        op.outH(),
        op.outW(),
        op.kernelH(),
        op.kernelW(),
        op.strideH(),
        op.strideW(),
        op.padH(),
        op.padW(),
        op.dilationH(),
        op.dilationW());
  }

  static Windowing of(PoolOp op) {
    return new Windowing(
        op.channels(),
        op.inH(),
        op.inW(),
        op.outH(),
        op.outW(),
        op.kernelH(),
        op.kernelW(),
        op.strideH(),
        op.strideW(),
        op.padH(),
        op.padW(),
        1,
        1);
  }

  /** Which outputs hold which input rows in their window. */
  Reach rows() {
    return Reach.of(inH, outH, kernelH, strideH, padH, dilationH);
  }

  /** Which outputs hold which input columns in their window. */
  Reach columns() {
    return Reach.of(inW, outW, kernelW, strideW, padW, dilationW);
  }
}
