package org.velella.backend.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.velella.backend.EncoderKernel;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.Sampling;
import org.velella.encoding.Skips;
import org.velella.module.Samples;
import org.velella.plan.EncoderOp;
import org.velella.tensor.Tensor;

/** Bernoulli encoders: words from {@link VectorRandom}, many at a time. */
final class VectorBernoulli implements EncoderKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final FloatVector ONE = FloatVector.broadcast(FLOATS, 1);

  /** Blocks drawn at once: their words stay in the first-level cache. */
  private static final int MOST_BLOCKS = 64;

  /** What comparing a vector of words takes, and a skip, in vector operations. */
  private static final double PER_VECTOR = 10;

  private static final double PER_DRAW = 60;

  private final EncoderOp op;
  private final int batch;
  private final Samples samples;
  private final VectorRandom[] random;
  private final Skips skips;
  private final double limit;
  private final int blocks;
  private final int[] words;

  VectorBernoulli(EncoderOp op, BernoulliOperation operation, int batch, Samples samples) {
    this.op = op;
    this.batch = batch;
    this.samples = samples;
    samples.requireCount(batch);
    random = new VectorRandom[batch];
    for (int n = 0; n < batch; n++) {
      boolean same = n > 0 && samples.seed(n) == samples.seed(n - 1);
      random[n] =
          same ? random[n - 1] : new VectorRandom(CounterRandom.key(samples.seed(n), op.path()));
    }
    limit = operation.limit();
    boolean dense = operation.sampling() == Sampling.DENSE;
    skips = dense ? null : new Skips(operation.limit());
    double drawn = dense ? op.size() : 2 * draws(op.size(), operation.limit());
    int passes = 1 + (int) (drawn / CounterRandom.BLOCK_WORDS / VectorRandom.BLOCKS);
    blocks = Math.min(MOST_BLOCKS, passes * VectorRandom.BLOCKS);
    words = new int[CounterRandom.BLOCK_WORDS * blocks];
  }

  /** How many draws skips take on the average. */
  private static double draws(int size, double limit) {
    return size * (limit + 1.0 / Skips.LENGTH);
  }

  /** About how many vector operations a sample and step take. */
  double operations() {
    int vectors = Lanes.vectors(op.size());
    if (skips == null) {
      return VectorRandom.operations(op.size() + words.length) + PER_VECTOR * vectors;
    }
    double draws = 1 + draws(op.size(), limit);
    return VectorRandom.operations((int) (2 * draws) + words.length) + draws * PER_DRAW + vectors;
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
    int size = op.size();
    for (int i = 0; i < size; i += words.length) {
      int count = Math.min(words.length, size - i);
      int needed = (count + CounterRandom.BLOCK_WORDS - 1) / CounterRandom.BLOCK_WORDS;
      // Whole passes, so that no block is left to plain code.
      int drawn = (needed + VectorRandom.BLOCKS - 1) / VectorRandom.BLOCKS * VectorRandom.BLOCKS;
      int first = i / CounterRandom.BLOCK_WORDS;
      random[n].words(samples.id(n), step, first, drawn, words, 0);
      compare(count, in, out, at + i);
    }
  }

  private void compare(int count, float[] in, float[] out, int at) {
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += FLOATS.length()) {
      IntVector bits = IntVector.fromArray(INTS, words, i).lanewise(VectorOperators.LSHR, 8);
      FloatVector uniform = (FloatVector) bits.convert(VectorOperators.I2F, 0);
      FloatVector x = FloatVector.fromArray(FLOATS, in, at + i);
      FloatVector.zero(FLOATS).blend(ONE, uniform.mul(0x1p-24f).lt(x)).intoArray(out, at + i);
    }
    for (; i < count; i++) {
      out[at + i] = CounterRandom.uniform(words[i]) < in[at + i] ? 1 : 0;
    }
  }

  private void skip(int n, long step, float[] in, float[] out, int at) {
    int size = op.size();
    Arrays.fill(out, at, at + size, 0);
    int next = words.length;
    int block = 0;
    for (int i = 0; i < size; i++) {
      int skip;
      do {
        if (next == words.length) {
          random[n].words(samples.id(n), step, block, blocks, words, 0);
          block += blocks;
          next = 0;
        }
        skip = skips.skip(words[next]);
        i += skip;
        next += 2;
      } while (skip == Skips.LENGTH && i < size);
      if (i < size && skips.fires(words[next - 1], in[at + i])) {
        out[at + i] = 1;
      }
    }
  }
}
