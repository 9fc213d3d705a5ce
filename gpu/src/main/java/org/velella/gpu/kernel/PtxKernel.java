package org.velella.gpu.kernel;

import java.util.Set;

/**
 * Device code of one kernel and how it wants to be launched. Equal texts are the same kernel.
 *
 * @param text PTX with the one entry {@value #ENTRY}
 * @param threads of a block, in one dimension
 */
public record PtxKernel(String text, int threads) {
  /** The name of every kernel's entry. */
  public static final String ENTRY = PtxWriter.ENTRY;

  /**
   * The blocks of a kernel with a thread per element of a value: where bits are written, a frame
   * takes a multiple of 64 threads.
   */
  public int blocks(long frames, int size, Set<ValueForm> outputs) {
    return blocks(frames * FrameThreads.row(size, outputs));
  }

  /** The blocks that {@code work} threads take, the last perhaps not full. */
  public int blocks(long work) {
    return Math.toIntExact((work + threads - 1) / threads);
  }
}
