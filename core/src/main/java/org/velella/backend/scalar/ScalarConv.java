package org.velella.backend.scalar;

import java.util.Arrays;
import org.velella.backend.FrameKernel;
import org.velella.plan.ConvOp;

/**
 * Convolution by scattering inputs: the image is scanned row by row, within a row by column, within
 * a pixel by channel, and every input adds its weights to the outputs whose window holds it.
 *
 * <p>That scan is the order of the definition. For one output, a later image row is a later kernel
 * row and a later column a later kernel column, so each accumulator takes its terms over kernel
 * row, then kernel column, then channel within the group. Padding is never visited; its terms would
 * be zeros.
 */
final class ScalarConv implements FrameKernel {
  private final ConvOp op;
  private final int inputsPerGroup;
  private final int outputsPerGroup;

  /** {@code [group, kernelH, kernelW, input channel, output channel]}. */
  private final float[] weights;

  private final float[] bias;

  /** One image row with its channels side by side, {@code [inW, inChannels]}. */
  private final float[] pixels;

  /** Accumulators {@code [outH, outW, outChannels]}. */
  private final float[] sums;

  private final ActiveInputs active;

  ScalarConv(ConvOp op) {
    this.op = op;
    inputsPerGroup = op.inChannels() / op.groups();
    outputsPerGroup = op.outChannels() / op.groups();
    weights = transpose();
    bias = op.bias() == null ? new float[op.outChannels()] : op.bias();
    pixels = new float[op.inW() * op.inChannels()];
    sums = new float[op.outH() * op.outW() * op.outChannels()];
    active = new ActiveInputs(inputsPerGroup);
  }

  private float[] transpose() {
    int taps = op.kernelH() * op.kernelW();
    float[] to = new float[op.weight().length];
    for (int o = 0; o < op.outChannels(); o++) {
      int group = o / outputsPerGroup;
      for (int c = 0; c < inputsPerGroup; c++) {
        for (int tap = 0; tap < taps; tap++) {
          int row = (group * taps + tap) * inputsPerGroup + c;
          to[row * outputsPerGroup + o % outputsPerGroup] =
              op.weight()[(o * inputsPerGroup + c) * taps + tap];
        }
      }
    }
    return to;
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    int inSize = op.inChannels() * op.inH() * op.inW();
    for (int frame = 0; frame < frames; frame++) {
      Arrays.fill(sums, 0.0f);
      for (int y = 0; y < op.inH(); y++) {
        loadRow(in, inOffset + frame * inSize, y);
        for (int x = 0; x < op.inW(); x++) {
          for (int group = 0; group < op.groups(); group++) {
            active.collect(pixels, x * op.inChannels() + group * inputsPerGroup, inputsPerGroup);
            if (!active.isEmpty()) {
              scatter(y, x, group);
            }
          }
        }
      }
      finish(out, outOffset + frame * sums.length);
    }
  }

  private void loadRow(float[] in, int image, int y) {
    for (int c = 0; c < op.inChannels(); c++) {
      int from = image + (c * op.inH() + y) * op.inW();
      for (int x = 0; x < op.inW(); x++) {
        pixels[x * op.inChannels() + c] = in[from + x];
      }
    }
  }

  /** Adds the active channels of one pixel to every output that sees it. */
  private void scatter(int y, int x, int group) {
    for (int kernelY = 0; kernelY < op.kernelH(); kernelY++) {
      int fromTop = y + op.padH() - kernelY * op.dilationH();
      if (fromTop < 0 || fromTop % op.strideH() != 0 || fromTop / op.strideH() >= op.outH()) {
        continue;
      }
      int row = fromTop / op.strideH() * op.outW();
      for (int kernelX = 0; kernelX < op.kernelW(); kernelX++) {
        int fromLeft = x + op.padW() - kernelX * op.dilationW();
        if (fromLeft < 0 || fromLeft % op.strideW() != 0 || fromLeft / op.strideW() >= op.outW()) {
          continue;
        }
        int position = row + fromLeft / op.strideW();
        int tap = (group * op.kernelH() + kernelY) * op.kernelW() + kernelX;
        active.addTo(
            sums,
            position * op.outChannels() + group * outputsPerGroup,
            outputsPerGroup,
            weights,
            tap * inputsPerGroup * outputsPerGroup);
      }
    }
  }

  private void finish(float[] out, int at) {
    int positions = op.outH() * op.outW();
    for (int o = 0; o < op.outChannels(); o++) {
      for (int p = 0; p < positions; p++) {
        out[at + o * positions + p] = sums[p * op.outChannels() + o] + bias[o] + 0.0f;
      }
    }
  }
}
