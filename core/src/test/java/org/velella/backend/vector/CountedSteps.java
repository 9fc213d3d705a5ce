package org.velella.backend.vector;

import org.velella.backend.DelayedKernel;
import org.velella.backend.EncoderKernel;
import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/** Plain kernels that count the steps of their neurons. */
final class CountedSteps implements HeapKernels {
  private final HeapKernels kernels = new ScalarKernels();
  private int steps;

  /** Steps since the last reset. */
  int steps() {
    return steps;
  }

  void reset() {
    steps = 0;
  }

  @Override
  public NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters) {
    NeuronKernel kernel = kernels.neurons(op, batch, parameters);
    return new NeuronKernel() {
      @Override
      public void load(Tensor[] tile) {
        kernel.load(tile);
      }

      @Override
      public void store(Tensor[] tile) {
        kernel.store(tile);
      }

      @Override
      public void run(int count, NeuronBuffers buffers) {
        steps += count;
        kernel.run(count, buffers);
      }
    };
  }

  @Override
  public FrameKernel stateless(StatelessOp op) {
    return kernels.stateless(op);
  }

  @Override
  public DelayedKernel delayed(DelayedSparseOp op, int batch) {
    return kernels.delayed(op, batch);
  }

  @Override
  public EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters) {
    return kernels.encoder(op, batch, parameters);
  }
}
