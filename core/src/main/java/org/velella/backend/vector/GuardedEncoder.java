package org.velella.backend.vector;

import java.util.function.Supplier;
import org.velella.backend.EncoderKernel;
import org.velella.plan.EncoderOp;
import org.velella.tensor.Tensor;

/**
 * Runs an encoder's kernel while it keeps its pace, else the plain one. Their state is the step
 * that the memory counts, so nothing is handed over.
 */
final class GuardedEncoder implements EncoderKernel {
  private final EncoderKernel kernel;
  private final Supplier<EncoderKernel> maker;
  private final CallTimer timer;
  private final KernelPace pace;
  private final double operations;
  private final double bytes;
  private EncoderKernel plain;

  /**
   * A guard of one tile's encoder.
   *
   * @param plain makes the kernel that takes over
   * @param perFrame about how many vector operations a sample and step need
   */
  GuardedEncoder(
      EncoderOp op,
      int batch,
      EncoderKernel kernel,
      Supplier<EncoderKernel> plain,
      KernelPace pace,
      CallTimer timer,
      double perFrame) {
    this.kernel = kernel;
    this.pace = pace;
    this.timer = timer;
    maker = plain;
    operations = batch * perFrame;
    bytes = 2.0 * Float.BYTES * batch * op.size();
  }

  @Override
  public void run(int t, int steps, float[][] values, Tensor[] memories) {
    if (pace.slow()) {
      plain = plain == null ? maker.get() : plain;
      plain.run(t, steps, values, memories);
      return;
    }
    long begun = timer.begin();
    kernel.run(t, steps, values, memories);
    timer.end(begun, pace, steps * operations, steps * bytes);
  }
}
