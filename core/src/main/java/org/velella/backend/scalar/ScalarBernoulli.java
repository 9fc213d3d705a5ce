package org.velella.backend.scalar;

import java.util.Arrays;
import org.velella.backend.EncoderKernel;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.Sampling;
import org.velella.encoding.Skips;
import org.velella.module.Samples;
import org.velella.plan.EncoderOp;
import org.velella.tensor.Tensor;

/**
 * Dense: {@code out[i] = uniform(word i) < x[i] ? 1 : 0}. Skips: as {@link Skips} says, word by
 * word. The words are those of the sample at its step.
 */
final class ScalarBernoulli implements EncoderKernel {
  private final EncoderOp op;
  private final int batch;
  private final Samples samples;
  private final long[] keys;
  private final Skips skips;
  private final int[] words;

  ScalarBernoulli(EncoderOp op, BernoulliOperation operation, int batch, Samples samples) {
    this.op = op;
    this.batch = batch;
    this.samples = samples;
    samples.requireCount(batch);
    keys = new long[batch];
    for (int n = 0; n < batch; n++) {
      boolean same = n > 0 && samples.seed(n) == samples.seed(n - 1);
      keys[n] = same ? keys[n - 1] : CounterRandom.key(samples.seed(n), op.path());
    }
    boolean dense = operation.sampling() == Sampling.DENSE;
    skips = dense ? null : new Skips(operation.limit());
    int blocks = dense ? 1 + (op.size() - 1) / CounterRandom.BLOCK_WORDS : 1;
    words = new int[CounterRandom.BLOCK_WORDS * blocks];
  }

  @Override
  public void run(int t, int steps, float[][] values, Tensor[] memories) {
    float[] in = values[op.input()];
    float[] out = values[op.output()];
    long[] step = memories[op.memories().get(0)].longs();
    for (int frame = t * batch; frame < (t + steps) * batch; frame += batch) {
      for (int n = 0; n < batch; n++) {
        int at = (frame + n) * op.size();
        if (skips == null) {
          dense(n, step[0], in, out, at);
        } else {
          skip(n, step[0], in, out, at);
        }
      }
      step[0]++;
    }
  }

  private void dense(int n, long step, float[] in, float[] out, int at) {
    int blocks = words.length / CounterRandom.BLOCK_WORDS;
    CounterRandom.words(keys[n], samples.id(n), step, 0, blocks, words, 0);
    for (int i = 0; i < op.size(); i++) {
      out[at + i] = CounterRandom.uniform(words[i]) < in[at + i] ? 1 : 0;
    }
  }

  private void skip(int n, long step, float[] in, float[] out, int at) {
    Arrays.fill(out, at, at + op.size(), 0);
    int i = 0;
    for (int draw = 0; i < op.size(); draw++) {
      int word = 2 * draw % CounterRandom.BLOCK_WORDS;
      if (word == 0) {
        CounterRandom.words(
            keys[n], samples.id(n), step, 2 * draw / CounterRandom.BLOCK_WORDS, 1, words, 0);
      }
      int skip = skips.skip(words[word]);
      i += skip;
      if (skip < Skips.LENGTH && i < op.size()) {
        out[at + i] = skips.fires(words[word + 1], in[at + i]) ? 1 : 0;
        i++;
      }
    }
  }
}
