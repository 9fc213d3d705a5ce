package org.velella.backend.scalar;

import java.util.Arrays;
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

  /** Words are drawn for so many elements at a time, so that they stay in the nearest cache. */
  private static final int MOST_WORDS = 1 << 11;

  /** Where a sample's words come from. */
  public interface Words {
    /** Fills {@code to} with whole blocks of sample n's words, from a block on. */
    void draw(int n, long step, int firstBlock, int[] to);
  }

  /** Counts frames of which all elements have one mean. */
  @FunctionalInterface
  public interface Same {
    /**
     * Writes the number of each word.
     *
     * @param size how many words count; the array may be longer
     * @return false if that is for the definition to do
     */
    boolean count(PoissonCounts of, int[] words, int size, float[] out, int at);
  }

  private final EncoderOp op;
  private final int batch;
  private final Words source;
  private final Same same;
  private final int[] words;
  private final Map<Float, PoissonCounts> tables = new HashMap<>();
  private float mean = Float.NaN;
  private PoissonCounts table;

  /** Words one by one. */
  ScalarPoissonCount(EncoderOp op, int batch, Samples samples) {
    this(op, batch, 1, plain(op, batch, samples), (of, words, size, out, at) -> false);
  }

  /**
   * With words from elsewhere, and another way to count some frames.
   *
   * @param pass how many blocks the source draws at once
   */
  public ScalarPoissonCount(EncoderOp op, int batch, int pass, Words source, Same same) {
    this.op = op;
    this.batch = batch;
    this.source = source;
    this.same = same;
    int perPass = pass * CounterRandom.BLOCK_WORDS;
    int atOnce = Math.max(1, Math.min(op.size(), MOST_WORDS));
    words = new int[(atOnce + perPass - 1) / perPass * perPass];
  }

  private static Words plain(EncoderOp op, int batch, Samples samples) {
    samples.requireCount(batch);
    long[] keys = new long[batch];
    for (int n = 0; n < batch; n++) {
      boolean same = n > 0 && samples.seed(n) == samples.seed(n - 1);
      keys[n] = same ? keys[n - 1] : CounterRandom.key(samples.seed(n), op.path());
    }
    return (n, step, firstBlock, to) -> {
      int blocks = to.length / CounterRandom.BLOCK_WORDS;
      CounterRandom.words(keys[n], samples.id(n), step, firstBlock, blocks, to, 0);
    };
  }

  @Override
  public void run(int t, int steps, float[][] values, Tensor[] memories) {
    float[] in = values[op.input()];
    float[] out = values[op.output()];
    long[] step = memories[op.memories().get(0)].longs();
    for (int frame = t * batch; frame < (t + steps) * batch; frame += batch) {
      for (int n = 0; n < batch; n++) {
        frame(n, step[0], in, out, (frame + n) * op.size());
      }
      step[0]++;
    }
  }

  private void frame(int n, long step, float[] in, float[] out, int at) {
    int size = op.size();
    boolean one = Arrays.mismatch(in, at, at + size - 1, in, at + 1, at + size) < 0;
    if (one && in[at] > 0) {
      require(0, in[at]);
    }
    for (int first = 0; first < size; first += words.length) {
      source.draw(n, step, first / CounterRandom.BLOCK_WORDS, words);
      int some = Math.min(words.length, size - first);
      if (!(one && in[at] > 0 && same.count(table, words, some, out, at + first))) {
        for (int i = 0; i < some; i++) {
          int element = first + i;
          out[at + element] = count(element, in[at + element], words[i]);
        }
      }
    }
  }

  private float count(int element, float x, int word) {
    if (!(x > 0)) {
      return 0;
    }
    require(element, x);
    return table.count(word);
  }

  /** Makes {@code table} that of a mean. */
  private void require(int element, float x) {
    if (x != mean) {
      PoissonCountOperation.require(op.node(), element, x);
      if (tables.size() == MOST_TABLES && !tables.containsKey(x)) {
        tables.clear();
      }
      table = tables.computeIfAbsent(x, PoissonCounts::new);
      mean = x;
    }
  }
}
