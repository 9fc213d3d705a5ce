package org.velella.backend;

/**
 * Where a population reads and writes in one call. Every buffer is {@code [T, N, *]} from its
 * offset on.
 *
 * @param in the input
 * @param inOffset where its first step begins
 * @param out takes the output, or null if {@code spikes} does
 * @param outOffset where the first step goes
 * @param spikes takes the output as bits, in the layout of {@link SpikeFrameKernel}, or null
 * @param wordOffset the word where the first step goes
 * @param recorded take the recorded variables, in the order of the op's {@code recorded()}
 * @param recordedOffset where the first step goes in each of them
 */
public record NeuronBuffers(
    float[] in,
    int inOffset,
    float[] out,
    int outOffset,
    long[] spikes,
    int wordOffset,
    float[][] recorded,
    int recordedOffset) {}
