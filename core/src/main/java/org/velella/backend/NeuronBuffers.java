package org.velella.backend;

/**
 * Where a population reads and writes in one call. Every buffer is {@code [T, N, *]} from its
 * offset on. Exactly one of {@code out}, {@code spikes} and {@code totals} is there.
 *
 * @param in the input
 * @param inOffset where its first step begins
 * @param inStride how far apart its steps are; 0 if one step stands for all
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
    float[] in,
    int inOffset,
    int inStride,
    float[] out,
    int outOffset,
    long[] spikes,
    int wordOffset,
    SpikeTotals totals,
    int step,
    float[][] recorded,
    int recordedOffset) {
  private static final float[][] NONE = {};

  /** Where input comes from. */
  public record Source(float[] in, int offset, int stride) {}

  /** Output as numbers, with recorded variables. */
  public static NeuronBuffers floats(
      Source in, float[] out, int outOffset, float[][] recorded, int recordedOffset) {
    return new NeuronBuffers(
        in.in, in.offset, in.stride, out, outOffset, null, 0, null, 0, recorded, recordedOffset);
  }

  /** Output as bits. */
  public static NeuronBuffers bits(Source in, long[] spikes, int wordOffset) {
    return new NeuronBuffers(
        in.in, in.offset, in.stride, null, 0, spikes, wordOffset, null, 0, NONE, 0);
  }

  /** Output counted. */
  public static NeuronBuffers totals(Source in, SpikeTotals totals, int step) {
    return new NeuronBuffers(in.in, in.offset, in.stride, null, 0, null, 0, totals, step, NONE, 0);
  }
}
