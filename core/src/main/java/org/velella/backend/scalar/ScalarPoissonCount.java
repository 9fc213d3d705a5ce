package org.velella.backend.scalar;

import java.util.HashMap;
import java.util.Map;
import org.velella.backend.EncoderKernel;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.PoissonCountOperation;
import org.velella.encoding.PoissonCounts;
import org.velella.module.Samples;
import org.velella.plan.EncoderOp;
import org.velella.tensor.Tensor;

/** Counts as {@link PoissonCounts} says, word i of the sample's step for element i. */
public final class ScalarPoissonCount implements EncoderKernel {
  /** Tables of means that are kept; drawn rates may be as many as neurons. */
  private static final int MOST_TABLES = 1024;

  /** Where a sample's words come from. */
  public interface Words {
    /** Fills {@code to} with whole blocks of sample n's words, those of element 0 first. */
    void draw(int n, long step, int[] to);
  }

  private final EncoderOp op;
  private final int batch;
  private final Words source;
  private final int[] words;
  private final Map<Float, PoissonCounts> tables = new HashMap<>();
  private float mean = Float.NaN;
  private PoissonCounts table;

  /** Words one by one. */
  ScalarPoissonCount(EncoderOp op, int batch, Samples samples) {
    this(op, batch, 1, plain(op, batch, samples));
  }

  /**
   * With words from elsewhere.
   *
   * @param pass how many blocks the source draws at once
   */
  public ScalarPoissonCount(EncoderOp op, int batch, int pass, Words source) {
    this.op = op;
    this.batch = batch;
    this.source = source;
    int perPass = pass * CounterRandom.BLOCK_WORDS;
    words = new int[(op.size() + perPass - 1) / perPass * perPass];
  }

  private static Words plain(EncoderOp op, int batch, Samples samples) {
    samples.requireCount(batch);
    long[] keys = new long[batch];
    for (int n = 0; n < batch; n++) {
      boolean same = n > 0 && samples.seed(n) == samples.seed(n - 1);
      keys[n] = same ? keys[n - 1] : CounterRandom.key(samples.seed(n), op.path());
    }
    return (n, step, to) -> {
      int blocks = to.length / CounterRandom.BLOCK_WORDS;
      CounterRandom.words(keys[n], samples.id(n), step, 0, blocks, to, 0);
    };
  }

  @Override
  public void run(int t, int steps, float[][] values, Tensor[] memories) {
    float[] in = values[op.input()];
    float[] out = values[op.output()];
    long[] step = memories[op.memories().get(0)].longs();
    for (int frame = t * batch; frame < (t + steps) * batch; frame += batch) {
      for (int n = 0; n < batch; n++) {
        source.draw(n, step[0], words);
        int at = (frame + n) * op.size();
        for (int i = 0; i < op.size(); i++) {
          out[at + i] = count(i, in[at + i]);
        }
      }
      step[0]++;
    }
  }

  private float count(int element, float x) {
    if (!(x > 0)) {
      return 0;
    }
    if (x != mean) {
      PoissonCountOperation.require(op.node(), element, x);
      if (tables.size() == MOST_TABLES && !tables.containsKey(x)) {
        tables.clear();
      }
      table = tables.computeIfAbsent(x, PoissonCounts::new);
      mean = x;
    }
    return table.count(words[element]);
  }
}
