package org.velella.spark.bench;

import java.util.Arrays;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.DelayedKernel;
import org.velella.backend.EncoderKernel;
import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.HeapProgram;
import org.velella.backend.NeuronKernel;
import org.velella.backend.Program;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.ConvOp;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.LinearOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Plan;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;

/**
 * What a plan costs without knowing about spikes: the scalar backend, but linear layers and
 * convolutions are plain loops over all inputs, zeros included. The inner loops run over outputs
 * that lie side by side, so that the JIT vectorises them by itself. A peer to measure against, not
 * for use.
 */
final class DenseScalar implements Backend, HeapKernels {
  private final ScalarKernels others = new ScalarKernels();

  @Override
  public String name() {
    return "dense scalar";
  }

  @Override
  public Availability availability() {
    return Availability.yes("runs everywhere");
  }

  @Override
  public int preference() {
    return -1;
  }

  @Override
  public Program compile(Plan plan) {
    return new HeapProgram(plan, this);
  }

  @Override
  public FrameKernel stateless(StatelessOp op) {
    if (op instanceof LinearOp linear) {
      return new Linear(linear);
    }
    return op instanceof ConvOp conv ? new Conv(conv) : others.stateless(op);
  }

  @Override
  public DelayedKernel delayed(DelayedSparseOp op, int batch) {
    return others.delayed(op, batch);
  }

  @Override
  public EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters) {
    return others.encoder(op, batch, parameters);
  }

  @Override
  public NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters) {
    return others.neurons(op, batch, parameters);
  }

  /** {@code sums[o] = fma(x, weights[o], sums[o])}. */
  private static void add(float x, float[] weights, int from, float[] sums, int at, int n) {
    for (int o = 0; o < n; o++) {
      sums[at + o] = Math.fma(x, weights[from + o], sums[at + o]);
    }
  }

  private static final class Linear implements FrameKernel {
    private final LinearOp op;

    /** {@code [inputs, outputs]}. */
    private final float[] weights;

    Linear(LinearOp op) {
      this.op = op;
      weights = new float[op.weight().length];
      for (int i = 0; i < weights.length; i++) {
        weights[i % op.inputs() * op.outputs() + i / op.inputs()] = op.weight()[i];
      }
    }

    @Override
    public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
      int n = op.outputs();
      for (int row = 0; row < frames * op.rows(); row++) {
        int to = outOffset + row * n;
        Arrays.fill(out, to, to + n, 0.0f);
        for (int k = 0; k < op.inputs(); k++) {
          add(in[inOffset + row * op.inputs() + k], weights, k * n, out, to, n);
        }
        for (int o = 0; o < n; o++) {
          out[to + o] = out[to + o] + (op.bias() == null ? 0 : op.bias()[o]) + 0.0f;
        }
      }
    }
  }

  private static final class Conv implements FrameKernel {
    private final ConvOp op;
    private final int inputsPerGroup;
    private final int outputsPerGroup;

    /** {@code [kernelH, kernelW, input channel of the group, output channel]}. */
    private final float[] weights;

    private final float[] sums;

    Conv(ConvOp op) {
      this.op = op;
      inputsPerGroup = op.inChannels() / op.groups();
      outputsPerGroup = op.outChannels() / op.groups();
      sums = new float[outputsPerGroup];
      weights = new float[op.weight().length];
      int places = op.kernelH() * op.kernelW();
      for (int i = 0; i < weights.length; i++) {
        int place = i % places;
        int channel = i / places % inputsPerGroup;
        int output = i / places / inputsPerGroup;
        weights[(place * inputsPerGroup + channel) * op.outChannels() + output] = op.weight()[i];
      }
    }

    @Override
    public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
      int inSize = op.inChannels() * op.inH() * op.inW();
      int positions = op.outH() * op.outW();
      for (int frame = 0; frame < frames; frame++) {
        int to = outOffset + frame * op.outChannels() * positions;
        for (int p = 0; p < positions; p++) {
          for (int group = 0; group < op.groups(); group++) {
            Arrays.fill(sums, 0.0f);
            window(in, inOffset + frame * inSize, p / op.outW(), p % op.outW(), group);
            for (int i = 0; i < outputsPerGroup; i++) {
              int o = group * outputsPerGroup + i;
              float bias = op.bias() == null ? 0 : op.bias()[o];
              out[to + o * positions + p] = sums[i] + bias + 0.0f;
            }
          }
        }
      }
    }

    private void window(float[] in, int frame, int outY, int outX, int group) {
      for (int kernelY = 0; kernelY < op.kernelH(); kernelY++) {
        int y = outY * op.strideH() - op.padH() + kernelY * op.dilationH();
        for (int kernelX = 0; kernelX < op.kernelW(); kernelX++) {
          int x = outX * op.strideW() - op.padW() + kernelX * op.dilationW();
          if (y < 0 || y >= op.inH() || x < 0 || x >= op.inW()) {
            continue;
          }
          int place = kernelY * op.kernelW() + kernelX;
          for (int c = 0; c < inputsPerGroup; c++) {
            int channel = group * inputsPerGroup + c;
            float value = in[frame + (channel * op.inH() + y) * op.inW() + x];
            int w = (place * inputsPerGroup + c) * op.outChannels() + group * outputsPerGroup;
            add(value, weights, w, sums, 0, outputsPerGroup);
          }
        }
      }
    }
  }
}
