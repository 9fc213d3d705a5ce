package org.velella.backend;

import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;

/**
 * What a backend on the Java heap brings: its kernels. The order of work is {@link HeapProgram}'s.
 */
public interface HeapKernels {
  /** The kernel of a stateless op; made once per program. */
  FrameKernel stateless(StatelessOp op);

  /** The kernel of an encoder in one tile. */
  EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters);

  /** The kernel of a population in one tile. */
  NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters);

  /** The kernel of a projection with delays in one tile. */
  DelayedKernel delayed(DelayedSparseOp op, int batch);

  /** How edges are summed. */
  default EdgeSums sums() {
    return EdgeSums.PLAIN;
  }

  /** How synapses learn. */
  default RuleKernels rules() {
    return RuleKernels.PLAIN;
  }

  /** The random numbers of input that is computed. */
  default NoiseKernel noise() {
    return new PlainNoise();
  }

  /** Whether the kernels of projections with delays take spikes as bits. */
  default boolean delaysSpikes() {
    return false;
  }

  /** Whether the kernels of a population can write its output as bits. */
  default boolean packs(NeuronOp op) {
    return false;
  }

  /** Whether the kernels of a population can count its spikes instead of writing them. */
  default boolean counts(NeuronOp op) {
    return false;
  }
}
