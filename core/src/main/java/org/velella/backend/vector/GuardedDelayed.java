package org.velella.backend.vector;

import org.velella.backend.DelayedKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.DelayedSparseOp;
import org.velella.tensor.Tensor;

/**
 * Runs a projection with delays by the kernel on vectors while that keeps its pace, else by the
 * plain one, to which what is pending is handed on.
 */
final class GuardedDelayed implements DelayedKernel {
  private final DelayedSparseOp op;
  private final int batch;
  private final VectorDelayedSparse kernel;
  private final CallTimer timer;
  private final KernelPace pace;
  private final Watches watches;
  private Tensor[] tile;
  private DelayedKernel plain;
  private float[] expanded;

  /** A guard of one tile's projection. */
  GuardedDelayed(DelayedSparseOp op, int batch, Watches watches) {
    this.op = op;
    this.batch = batch;
    this.watches = watches;
    kernel = new VectorDelayedSparse(op, batch);
    timer = watches.timer();
    pace = watches.pace(KernelForm.DELAYED);
  }

  @Override
  public void load(Tensor[] tile) {
    this.tile = tile;
    (plain == null ? kernel : plain).load(tile);
  }

  @Override
  public void store(Tensor[] tile) {
    (plain == null ? kernel : plain).store(tile);
  }

  @Override
  public boolean takesSpikes() {
    return true;
  }

  /** Whether the plain kernel runs, from now on if the other one has proved slow. */
  private boolean isPlain() {
    if (plain == null && pace.slow()) {
      kernel.store(tile);
      plain = watches.plain().delayed(op, batch);
      plain.load(tile);
      expanded = new float[batch * op.connectivity().sources()];
    }
    return plain != null;
  }

  @Override
  public void run(int steps, float[] in, int from, float[] out, int to) {
    if (isPlain()) {
      plain.run(steps, in, from, out, to);
      return;
    }
    long begun = timer.begin();
    kernel.run(steps, in, from, out, to);
    end(begun, steps);
  }

  @Override
  public void runSpikes(int steps, long[] spikes, int from, float[] out, int to) {
    if (isPlain()) {
      runExpanded(steps, spikes, from, out, to);
      return;
    }
    long begun = timer.begin();
    kernel.runSpikes(steps, spikes, from, out, to);
    end(begun, steps);
  }

  private void end(long begun, int steps) {
    int numbers = op.connectivity().sources() + 2 * op.connectivity().targets();
    double bytes = (double) steps * batch * numbers * Float.BYTES;
    timer.end(begun, pace, kernel.operations(), bytes);
  }

  private void runExpanded(int steps, long[] spikes, int from, float[] out, int to) {
    int sources = op.connectivity().sources();
    int words = SpikeFrameKernel.words(sources);
    for (int s = 0; s < steps; s++) {
      for (int i = 0; i < expanded.length; i++) {
        int n = i / sources;
        int source = i - n * sources;
        long word = spikes[from + (s * batch + n) * words + (source >> 6)];
        expanded[i] = word >>> source & 1;
      }
      plain.run(1, expanded, 0, out, to + s * batch * op.connectivity().targets());
    }
  }
}
