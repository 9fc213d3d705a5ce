package org.velella.gpu.kernel;

import java.util.Set;

/**
 * Device code of one kernel and how it wants to be launched. Equal texts are the same kernel.
 *
 * @param text PTX with the one entry {@value #ENTRY}
 * @param threads of a block, in one dimension
 * @param perThread how many elements a thread works on
 */
public record PtxKernel(String text, int threads, int perThread) {
  /** The name of every kernel's entry. */
  public static final String ENTRY = PtxWriter.ENTRY;

  /** A kernel whose threads work on one element each. */
  public PtxKernel(String text, int threads) {
    this(text, threads, 1);
  }

  /**
   * The blocks of a kernel with a thread per element of a value: where bits are written, a frame
   * takes a multiple of 64 threads.
   */
  public int blocks(long frames, int size, Set<ValueForm> outputs) {
    return blocks(frames * FrameThreads.row(size, outputs));
  }

  /** The blocks that {@code work} elements take, the last perhaps not full. */
  public int blocks(long work) {
    long each = (long) threads * perThread;
    return Math.toIntExact((work + each - 1) / each);
  }
}
