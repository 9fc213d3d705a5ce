package org.velella.backend;

/** A stateless op made ready to run; a frame is one sample at one step. Used by one thread. */
public interface FrameKernel {
  /** Computes {@code frames} consecutive frames from {@code in} to {@code out}. */
  void run(int frames, float[] in, int inOffset, float[] out, int outOffset);
}
