package org.velella.backend.scalar;

import java.util.Arrays;
import org.velella.backend.FrameKernel;
import org.velella.plan.LinearOp;

/**
 * {@code out[o] = (+0 fma over k ascending of x[k] * w[o, k]) + b[o] + 0.0f} for every vector.
 *
 * <p>The weights lie transposed, so that the loop over outputs is contiguous: every output still
 * takes its terms in the order of k.
 */
final class ScalarLinear implements FrameKernel {
  private final int rows;
  private final int inputs;
  private final int outputs;
  private final float[] weights;
  private final float[] bias;
  private final ActiveInputs active;

  ScalarLinear(LinearOp op) {
    rows = op.rows();
    inputs = op.inputs();
    outputs = op.outputs();
    // Adding a missing bias as +0 is the same as adding none: a sum ends in + 0.0f anyway.
    bias = op.bias() == null ? new float[outputs] : op.bias();
    weights = new float[inputs * outputs];
    for (int o = 0; o < outputs; o++) {
      for (int k = 0; k < inputs; k++) {
        weights[k * outputs + o] = op.weight()[o * inputs + k];
      }
    }
    active = new ActiveInputs(inputs);
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    for (int r = 0; r < frames * rows; r++) {
      int at = outOffset + r * outputs;
      Arrays.fill(out, at, at + outputs, 0.0f);
      active.collect(in, inOffset + r * inputs, inputs);
      active.addTo(out, at, outputs, weights, 0);
      for (int o = 0; o < outputs; o++) {
        out[at + o] = out[at + o] + bias[o] + 0.0f;
      }
    }
  }
}
