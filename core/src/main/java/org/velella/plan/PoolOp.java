package org.velella.plan;

import org.velella.layer.PoolOperation;

/**
 * Pooling over {@code [C, H, W]}: sums add row-major from +0, averages divide the sum once, the
 * maximum keeps the first maximum and any NaN.
 */
public record PoolOp(
    String node,
    int input,
    int output,
    PoolOperation.Mode mode,
    PoolOperation.Divisor divisor,
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
    int padW)
    implements StatelessOp {}
