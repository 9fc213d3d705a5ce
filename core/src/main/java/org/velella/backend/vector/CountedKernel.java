package org.velella.backend.vector;

import org.velella.backend.FrameKernel;

/** A layer's kernel of one form, which knows how much there was to do. */
interface CountedKernel extends FrameKernel {
  /** About how many vector operations the last call needed, loads and stores among them. */
  double operations();
}
