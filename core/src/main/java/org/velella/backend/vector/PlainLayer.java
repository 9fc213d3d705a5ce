package org.velella.backend.vector;

import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.ConvOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.SparseOp;
import org.velella.plan.StatelessOp;

/** A layer by its plain kernel, which is made when it is first needed; takes bits as well. */
final class PlainLayer implements SpikeFrameKernel {
  private final StatelessOp op;
  private final HeapKernels kernels;
  private final int inputs;
  private final int outputs;
  private FrameKernel kernel;
  private float[] expanded;

  PlainLayer(StatelessOp op, HeapKernels kernels) {
    this.op = op;
    this.kernels = kernels;
    if (op instanceof LinearOp linear) {
      inputs = linear.rows() * linear.inputs();
      outputs = linear.rows() * linear.outputs();
    } else if (op instanceof ConvOp conv) {
      inputs = conv.inChannels() * conv.inH() * conv.inW();
      outputs = conv.outChannels() * conv.outH() * conv.outW();
    } else if (op instanceof PoolOp pool) {
      inputs = pool.channels() * pool.inH() * pool.inW();
      outputs = pool.channels() * pool.outH() * pool.outW();
    } else if (op instanceof SparseOp sparse) {
      inputs = sparse.connectivity().sources();
      outputs = sparse.connectivity().targets();
    } else if (op instanceof EqualWeightOp equal) {
      inputs = equal.connectivity().sources();
      outputs = equal.connectivity().targets();
    } else {
      inputs = ((ScaleOp) op).size();
      outputs = inputs;
    }
  }

  /** Bytes of a frame's inputs and outputs. */
  double bytesPerFrame() {
    return ((double) inputs + outputs) * Float.BYTES;
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    kernel = kernel == null ? kernels.stateless(op) : kernel;
    kernel.run(frames, in, inOffset, out, outOffset);
  }

  @Override
  public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
    expanded = expanded == null ? new float[inputs] : expanded;
    int words = SpikeFrameKernel.words(inputs);
    for (int frame = 0; frame < frames; frame++) {
      for (int i = 0; i < inputs; i++) {
        long word = spikes[wordOffset + frame * words + (i >> 6)];
        expanded[i] = word >>> i & 1;
      }
      run(1, expanded, 0, out, outOffset + frame * outputs);
    }
  }
}
