package org.velella.backend;

import java.util.Arrays;
import org.velella.module.UnfitInputException;
import org.velella.plan.MaskedPsnOp;
import org.velella.plan.PsnOp;
import org.velella.tensor.Tensor;

/** Parallel neurons on the Java heap. */
public final class ParallelNeurons {
  private ParallelNeurons() {}

  /**
   * Runs whole sequences.
   *
   * @param steps a multiple of the op's
   * @param in the input {@code [steps, N, size]} from {@code from} on
   * @param out takes the output from {@code to} on
   */
  public static void run(
      PsnOp op, int batch, int steps, float[] in, int from, float[] out, int to) {
    int window = op.operation().stepsAtOnce();
    int frame = batch * op.size();
    float[] weight = op.operation().weight().floats();
    float[] bias = op.operation().bias().floats();
    float[] h = new float[frame];
    for (int s = 0; s < steps; s++) {
      int t = s % window;
      Arrays.fill(h, 0);
      for (int j = 0; j < window; j++) {
        add(h, weight[t * window + j], in, from + (s - t + j) * frame);
      }
      fire(h, bias[t], out, to + s * frame);
    }
  }

  /**
   * Runs some steps.
   *
   * @param in the input {@code [steps, N, size]} from {@code from} on
   * @param out takes the output from {@code to} on
   * @param memories all memories of the plan; the op's are changed
   * @throws UnfitInputException if the op has no weights for so many steps
   */
  public static void run(
      MaskedPsnOp op,
      int batch,
      int steps,
      float[] in,
      int from,
      float[] out,
      int to,
      Tensor[] memories) {
    int all = op.operation().bias().size();
    long[] step = memories[op.step()].longs();
    if (step[0] + steps > all) {
      throw new UnfitInputException(
          "Node '%s' (%s) has weights for %d steps and has run %d, so it cannot run %d more"
              .formatted(op.node(), op.operation().kind(), all, step[0], steps));
    }
    float[] past = op.past() < 0 ? new float[0] : memories[op.past()].floats();
    for (int s = 0; s < steps; s++) {
      int frame = batch * op.size();
      step(op, batch, (int) step[0], in, from + s * frame, out, to + s * frame, past);
      step[0]++;
    }
  }

  private static void step(
      MaskedPsnOp op, int batch, int t, float[] in, int from, float[] out, int to, float[] past) {
    int size = op.size();
    int kept = op.operation().k() - 1;
    int all = op.operation().bias().size();
    float[] weight = op.operation().weight().floats();
    float[] h = new float[size];
    for (int n = 0; n < batch; n++) {
      Arrays.fill(h, 0);
      int first = n * kept * size;
      for (int j = Math.max(0, t - kept); j < t; j++) {
        add(h, weight[t * all + j], past, first + (kept - t + j) * size);
      }
      add(h, weight[t * all + t], in, from + n * size);
      fire(h, op.operation().bias().floats()[t], out, to + n * size);
      if (kept > 0) {
        System.arraycopy(past, first + size, past, first, (kept - 1) * size);
        System.arraycopy(in, from + n * size, past, first + (kept - 1) * size, size);
      }
    }
  }

  private static void add(float[] h, float weight, float[] in, int from) {
    for (int i = 0; i < h.length; i++) {
      h[i] = Math.fma(weight, in[from + i], h[i]);
    }
  }

  private static void fire(float[] h, float bias, float[] out, int to) {
    for (int i = 0; i < h.length; i++) {
      out[to + i] = h[i] + bias >= 0 ? 1 : 0;
    }
  }
}
