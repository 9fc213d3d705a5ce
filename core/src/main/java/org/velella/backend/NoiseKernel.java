package org.velella.backend;

/**
 * The random numbers of computed input: functions of a key, a sample and a step by {@link
 * org.velella.encoding.CounterRandom}, so that there is nothing to keep. Every backend's give the
 * same bits. Used by one thread.
 */
public interface NoiseKernel {
  /**
   * Standard normal numbers: number i is that of words 2i and 2i + 1 by {@link
   * org.velella.encoding.NormalNumbers}.
   *
   * @param key of {@link org.velella.encoding.CounterRandom#key}
   * @return an array with {@code count} of them, good until the next call
   */
  double[] normals(long key, long sample, long step, int count);

  /**
   * Writes {@code count} spikes from {@code at} on: 1 where the word, taken as unsigned, is below
   * the threshold, and 0 elsewhere.
   *
   * @param threshold in [0, 2^32]
   */
  void spikes(long key, long sample, long step, int count, long threshold, float[] out, int at);
}
