package org.velella.backend.vector;

import org.velella.backend.FrameKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.StatelessOp;

/**
 * Runs a layer's kernel of one form while it keeps its pace, else the plain one; which of them ran
 * shows in nothing but time.
 */
class GuardedLayer implements FrameKernel {
  private final CountedKernel kernel;
  private final CallTimer timer;
  private final KernelPace pace;
  private final PlainLayer plain;

  private GuardedLayer(CountedKernel kernel, StatelessOp op, KernelForm form, Watches watches) {
    this.kernel = kernel;
    timer = watches.timer();
    pace = watches.pace(form);
    plain = watches.plain(op);
  }

  /** The guard of a kernel; it takes bits if the kernel does. */
  static FrameKernel of(CountedKernel kernel, StatelessOp op, KernelForm form, Watches watches) {
    return kernel instanceof SpikeFrameKernel
        ? new OfSpikes(kernel, op, form, watches)
        : new GuardedLayer(kernel, op, form, watches);
  }

  @Override
  public final void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    if (pace.slow()) {
      plain.run(frames, in, inOffset, out, outOffset);
      return;
    }
    long begun = timer.begin();
    kernel.run(frames, in, inOffset, out, outOffset);
    end(begun, frames);
  }

  private static final class OfSpikes extends GuardedLayer implements SpikeFrameKernel {
    private final SpikeFrameKernel bits;

    OfSpikes(CountedKernel kernel, StatelessOp op, KernelForm form, Watches watches) {
      super(kernel, op, form, watches);
      bits = (SpikeFrameKernel) kernel;
    }

    @Override
    public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
      if (super.pace.slow()) {
        super.plain.runSpikes(frames, spikes, wordOffset, out, outOffset);
        return;
      }
      long begun = super.timer.begin();
      bits.runSpikes(frames, spikes, wordOffset, out, outOffset);
      super.end(begun, frames);
    }
  }

  private void end(long begun, int frames) {
    timer.end(begun, pace, kernel.operations(), frames * plain.bytesPerFrame());
  }
}
