package org.velella.backend;

import org.velella.encoding.CounterRandom;
import org.velella.encoding.NormalNumbers;

/** The random numbers of computed input as they are defined. */
public final class PlainNoise implements NoiseKernel {
  private final NormalNumbers normals = new NormalNumbers();
  private int[] words = new int[CounterRandom.BLOCK_WORDS];

  private void draw(long key, long sample, long step, int count) {
    int blocks = (count + CounterRandom.BLOCK_WORDS - 1) / CounterRandom.BLOCK_WORDS;
    if (words.length < blocks * CounterRandom.BLOCK_WORDS) {
      words = new int[blocks * CounterRandom.BLOCK_WORDS];
    }
    CounterRandom.words(key, sample, step, 0, blocks, words, 0);
  }

  @Override
  public double[] normals(long key, long sample, long step, int count) {
    draw(key, sample, step, 2 * count);
    return normals.of(words, count);
  }

  @Override
  public void spikes(
      long key, long sample, long step, int count, long threshold, float[] out, int at) {
    draw(key, sample, step, count);
    for (int i = 0; i < count; i++) {
      out[at + i] = (words[i] & 0xffffffffL) < threshold ? 1f : 0f;
    }
  }
}
