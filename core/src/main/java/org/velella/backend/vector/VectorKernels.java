package org.velella.backend.vector;

import org.velella.backend.EncoderKernel;
import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.NeuronKernel;
import org.velella.plan.EncoderOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;

/** Kernels on the Vector API: written for layers, generated for neurons. */
final class VectorKernels implements HeapKernels {
  @Override
  public FrameKernel stateless(StatelessOp op) {
    return VectorSynapses.kernel(op);
  }

  @Override
  public EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters) {
    return VectorEncoders.kernel(op, batch, parameters);
  }

  @Override
  public NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters) {
    return new VectorNeurons(op, batch, parameters);
  }

  @Override
  public boolean packs(NeuronOp op) {
    return VectorNeurons.packs(op);
  }
}
