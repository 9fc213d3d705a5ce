package org.velella.backend.scalar;

import org.velella.backend.FrameKernel;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.PoolOp;
import org.velella.tensor.Tensor;

/**
 * Windows of one channel, visited row by row. Sum: plain adds from +0. Average: that sum divided
 * once. Maximum: the first of equal ones (so of −0 and +0 the one that comes first), and NaN if any
 * is. Padded places are left out: as zeros they would not change a sum, and no maximum takes them.
 */
final class ScalarPool implements FrameKernel {
  private final PoolOp op;

  ScalarPool(PoolOp op) {
    this.op = op;
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    int to = outOffset;
    for (int image = 0; image < frames * op.channels(); image++) {
      int from = inOffset + image * op.inH() * op.inW();
      for (int y = 0; y < op.outH(); y++) {
        int top = y * op.strideH() - op.padH();
        int firstY = Math.max(top, 0);
        int endY = Math.min(top + op.kernelH(), op.inH());
        for (int x = 0; x < op.outW(); x++) {
          int left = x * op.strideW() - op.padW();
          int firstX = Math.max(left, 0);
          int endX = Math.min(left + op.kernelW(), op.inW());
          out[to++] =
              op.mode() == Mode.MAXIMUM
                  ? maximum(in, from, firstY, endY, firstX, endX)
                  : sum(in, from, firstY, endY, firstX, endX);
        }
      }
    }
  }

  private float sum(float[] in, int from, int firstY, int endY, int firstX, int endX) {
    float sum = 0.0f;
    for (int y = firstY; y < endY; y++) {
      for (int x = firstX; x < endX; x++) {
        sum += in[from + y * op.inW() + x];
      }
    }
    if (op.mode() == Mode.SUM) {
      return sum;
    }
    int count =
        op.divisor() == Divisor.WINDOW
            ? op.kernelH() * op.kernelW()
            : (endY - firstY) * (endX - firstX);
    return sum / count;
  }

  private float maximum(float[] in, int from, int firstY, int endY, int firstX, int endX) {
    float maximum = in[from + firstY * op.inW() + firstX];
    for (int y = firstY; y < endY; y++) {
      for (int x = firstX; x < endX; x++) {
        float value = in[from + y * op.inW() + x];
        if (value > maximum || value != value) {
          maximum = value;
        }
      }
    }
    return Float.intBitsToFloat(Tensor.canonicalBits(maximum));
  }
}
