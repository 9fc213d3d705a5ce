package org.velella.backend;

import java.util.List;

/**
 * Where a population reads and writes in one call. Every buffer is {@code [T, N, *]} from its
 * offset on. Exactly one of {@code out}, {@code spikes} and {@code totals} is there.
 *
 * @param inputs in the order of the op's
 * @param out takes the output
 * @param outOffset where the first step goes
 * @param spikes takes the output as bits, in the layout of {@link SpikeFrameKernel}
 * @param wordOffset the word where the first step goes
 * @param totals takes the number of spikes and the step of the first
 * @param step the number in the run of the call's first step, for the totals
 * @param recorded take the recorded variables, in the order of the op's {@code recorded()}
 * @param recordedOffset where the first step goes in each of them
 */
public record NeuronBuffers(
    List<Source> inputs,
    float[] out,
    int outOffset,
    long[] spikes,
    int wordOffset,
    SpikeTotals totals,
    int step,
    float[][] recorded,
    int recordedOffset) {
  private static final float[][] NONE = {};

  /**
   * Where an input comes from.
   *
   * @param offset where its first step begins
   * @param stride how far apart its steps are; 0 if one step stands for all
   */
  public record Source(float[] in, int offset, int stride) {}

  /** Output as numbers, with recorded variables. */
  public static NeuronBuffers floats(
      List<Source> inputs, float[] out, int outOffset, float[][] recorded, int recordedOffset) {
    return new NeuronBuffers(inputs, out, outOffset, null, 0, null, 0, recorded, recordedOffset);
  }

  /** Output as bits. */
  public static NeuronBuffers bits(List<Source> inputs, long[] spikes, int wordOffset) {
    return new NeuronBuffers(inputs, null, 0, spikes, wordOffset, null, 0, NONE, 0);
  }

  /** Output counted. */
  public static NeuronBuffers totals(List<Source> inputs, SpikeTotals totals, int step) {
    return new NeuronBuffers(inputs, null, 0, null, 0, totals, step, NONE, 0);
  }
}
