package org.velella.plan;

/**
 * {@code out[r, o] = (+0 fma over k ascending of x[r, k] * weight[o, k]) + bias[o] + 0.0f} for
 * every row r.
 *
 * @param rows vectors per sample and step (1 but for inputs of higher rank)
 * @param weight {@code [outputs, inputs]} row-major
 * @param bias {@code [outputs]}, or null
 */
public record LinearOp(
    String node,
    int input,
    int output,
    int rows,
    int inputs,
    int outputs,
    float[] weight,
    float[] bias)
    implements StatelessOp {}
