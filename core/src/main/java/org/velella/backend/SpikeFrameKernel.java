package org.velella.backend;

/**
 * A frame kernel that also reads spikes as bits. The result is that of {@link #run} on the same
 * spikes as 0 and 1, bit for bit.
 *
 * <p>A value of F elements takes {@code (F + 63) / 64} words per frame, frames one after the other;
 * element i of a frame is bit {@code i & 63} of its word {@code i >> 6}, and the bits of the last
 * word that stand for no element are 0.
 */
public interface SpikeFrameKernel extends FrameKernel {
  /** The words of one frame of {@code size} elements. */
  static int words(int size) {
    return (size + Long.SIZE - 1) / Long.SIZE;
  }

  /**
   * Computes {@code frames} consecutive frames to {@code out}.
   *
   * @param spikes the input, the first frame from word {@code wordOffset} on
   */
  void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset);
}
