package org.velella.backend.vector;

import org.velella.backend.DelayedKernel;
import org.velella.backend.EdgeSums;
import org.velella.backend.EncoderKernel;
import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.NeuronKernel;
import org.velella.backend.NoiseKernel;
import org.velella.backend.RuleKernels;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;

/** Kernels on the Vector API: written for layers, generated for neurons. */
final class VectorKernels implements HeapKernels {
  private final Watches watches;
  private final EdgeSums sums;

  VectorKernels() {
    this(Watches.HERE);
  }

  /** Kernels under watches of one's own. */
  VectorKernels(Watches watches) {
    this.watches = watches;
    sums = new GuardedSums(watches);
  }

  @Override
  public FrameKernel stateless(StatelessOp op) {
    Priming.synapses(op);
    return VectorSynapses.kernel(op, watches);
  }

  @Override
  public DelayedKernel delayed(DelayedSparseOp op, int batch) {
    return new GuardedDelayed(op, batch, watches);
  }

  @Override
  public EdgeSums sums() {
    Priming.sums();
    return sums;
  }

  @Override
  public RuleKernels rules() {
    return new VectorRules(watches);
  }

  @Override
  public NoiseKernel noise() {
    Priming.noise();
    return new VectorNoise(watches);
  }

  @Override
  public boolean delaysSpikes() {
    return true;
  }

  @Override
  public EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters) {
    return VectorEncoders.kernel(op, batch, parameters, watches);
  }

  @Override
  public NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters) {
    return new GuardedNeurons(op, batch, parameters, watches);
  }

  @Override
  public boolean packs(NeuronOp op) {
    return VectorNeurons.packs(op);
  }

  @Override
  public boolean counts(NeuronOp op) {
    return CountingNeurons.counts(op);
  }
}
