package org.velella.plan;

/**
 * Cross-correlation over {@code [C, H, W]} (Conv1d has H = 1). Each output accumulates from +0 with
 * one fused multiply-add per term over kernel row, then kernel column, then channel within the
 * group; then the bias is added, then {@code + 0.0f}.
 *
 * @param weight {@code [outChannels, inChannels / groups, kernelH, kernelW]} row-major
 * @param bias {@code [outChannels]}, or null
 */
public record ConvOp(
    String node,
    int input,
    int output,
    int inChannels,
    int inH,
    int inW,
    int outChannels,
    int outH,
    int outW,
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int padH,
    int padW,
    int dilationH,
    int dilationW,
    int groups,
    float[] weight,
    float[] bias)
    implements StatelessOp {}
