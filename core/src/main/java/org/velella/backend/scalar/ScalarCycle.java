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

  ScalarCycle(EncoderOp op, CycleOperation operation, int batch) {
    this.op = op;
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
      int now = (int) place[0];
      for (int i = 0; i < frame; i++) {
        values[op.output()][at + i] = operation.fires(code[i], now) ? 1 : 0;
      }
      place[0] = (place[0] + 1) % operation.steps();
    }
  }

  private void encode(float[] in, int at, float[] code) {
    for (int i = 0; i < code.length; i++) {
      if (code[i] != code[i]) {
        int end = i + 1;
        while (end < code.length && code[end] != code[end]) {
          end++;
        }
        for (int j = i; j < end; j++) {
          require(in[at + j], j);
        }
        operation.encode(end - i, in, at + i, code, i);
        i = end;
      }
    }
  }

  private void require(float x, int i) {
    if (!(x >= 0 && x <= operation.greatest())) {
      throw new UnfitInputException(
          "Node '%s' (%s) encodes numbers from 0 to %s, found %s in element %d of the tile's sample %d"
              .formatted(
                  op.node(),
                  operation.kind(),
                  operation.greatest(),
                  x,
                  i % op.size(),
                  i / op.size()));
    }
  }
}
