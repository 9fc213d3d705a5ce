package org.velella.backend.scalar;

import org.velella.backend.EncoderKernel;
import org.velella.encoding.CycleOperation;
import org.velella.module.UnfitInputException;
import org.velella.plan.EncoderOp;
import org.velella.tensor.Tensor;

/** Encodes where nothing is encoded yet, then says who fires at the place in the cycle. */
final class ScalarCycle implements EncoderKernel {
  private final EncoderOp op;
  private final CycleOperation operation;
  private final int batch;

  /** Of each sample; null if all have the op's. */
  private final CycleOperation[] own;

  /**
   * @param own as {@link EncoderOp#cycles} gives them
   */
  ScalarCycle(EncoderOp op, CycleOperation operation, CycleOperation[] own, int batch) {
    this.op = op;
    this.own = own;
    this.operation = operation;
    this.batch = batch;
  }

  @Override
  public void run(int t, int steps, float[][] values, Tensor[] memories) {
    float[] code = memories[op.memories().get(0)].floats();
    long[] place = memories[op.memories().get(1)].longs();
    int frame = batch * op.size();
    for (int at = t * frame; at < (t + steps) * frame; at += frame) {
      encode(values[op.input()], at, code);
      for (int n = 0; n < batch; n++) {
        CycleOperation cycle = of(n);
        int now = cycle.place(place[0]);
        for (int i = n * op.size(); i < (n + 1) * op.size(); i++) {
          values[op.output()][at + i] = cycle.fires(code[i], now) ? 1 : 0;
        }
      }
      place[0] = operation.next(place[0]);
    }
  }

  private CycleOperation of(int sample) {
    return own == null ? operation : own[sample];
  }

  private void encode(float[] in, int at, float[] code) {
    for (int i = 0; i < code.length; i++) {
      if (code[i] != code[i]) {
        int end = i + 1;
        int last = own == null ? code.length : (i / op.size() + 1) * op.size();
        while (end < last && code[end] != code[end]) {
          end++;
        }
        for (int j = i; j < end; j++) {
          require(in[at + j], j);
        }
        of(i / op.size()).encode(end - i, in, at + i, code, i);
        i = end - 1;
      }
    }
  }

  private void require(float x, int i) {
    CycleOperation cycle = of(i / op.size());
    if (!(x >= 0 && x <= cycle.greatest())) {
      throw new UnfitInputException(
          "Node '%s' (%s) encodes numbers from 0 to %s, found %s in element %d of the tile's sample %d"
              .formatted(
                  op.node(), cycle.kind(), cycle.greatest(), x, i % op.size(), i / op.size()));
    }
  }
}
