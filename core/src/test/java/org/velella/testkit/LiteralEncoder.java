package org.velella.testkit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.EncoderOperation;
import org.velella.encoding.PoissonCountOperation;
import org.velella.encoding.Sampling;

/** Encoders by the letter of their definition: one element, one word at a time. */
public final class LiteralEncoder {
  private static final int LENGTH = 512;
  private static final Map<Float, long[]> THRESHOLDS = new ConcurrentHashMap<>();

  private LiteralEncoder() {}

  /** The spikes of one sample and step. */
  public static float[] encode(
      EncoderOperation encoder, long seed, String path, long sample, long step, float[] x) {
    if (encoder instanceof PoissonCountOperation) {
      return counts(CounterRandom.key(seed, path), sample, step, x);
    }
    BernoulliOperation bernoulli = (BernoulliOperation) encoder;
    long key = CounterRandom.key(seed, path);
    float[] spikes = new float[x.length];
    if (bernoulli.sampling() == Sampling.DENSE) {
      for (int i = 0; i < x.length; i++) {
        spikes[i] = number(word(key, sample, step, i)) < x[i] ? 1 : 0;
      }
      return spikes;
    }
    long[] thresholds = THRESHOLDS.computeIfAbsent(bernoulli.limit(), LiteralEncoder::thresholds);
    int i = 0;
    for (int draw = 0; i < x.length; draw++) {
      long a = Integer.toUnsignedLong(word(key, sample, step, 2 * draw));
      int skip = 0;
      while (skip < LENGTH && a >= thresholds[skip]) {
        skip++;
      }
      i += skip;
      if (skip < LENGTH && i < x.length) {
        float b = number(word(key, sample, step, 2 * draw + 1));
        spikes[i] = b * bernoulli.limit() < x[i] ? 1 : 0;
        i++;
      }
    }
    return spikes;
  }

  /** How many float64 sums of probabilities, as whole numbers of 2^-32, the word reaches. */
  private static float[] counts(long key, long sample, long step, float[] x) {
    float[] counts = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      long word = Integer.toUnsignedLong(word(key, sample, step, i));
      double p = StrictMath.exp(-x[i]);
      double sum = p;
      while (x[i] > 0 && word >= Math.round(sum * 4294967296.0)) {
        counts[i]++;
        p = p * x[i] / counts[i];
        sum += p;
      }
    }
    return counts;
  }

  private static int word(long key, long sample, long step, int index) {
    int[] block = new int[64];
    CounterRandom.words(key, sample, step, index / 64, 1, block, 0);
    return block[index % 64];
  }

  private static float number(int word) {
    return (float) ((word >>> 8) / 16777216.0);
  }

  /** The float64 products, each made exactly and then rounded. */
  private static long[] thresholds(float limit) {
    double miss = BigDecimal.ONE.subtract(new BigDecimal(limit)).doubleValue();
    long[] thresholds = new long[LENGTH];
    double none = 1;
    for (int g = 0; g < LENGTH; g++) {
      none = new BigDecimal(none).multiply(new BigDecimal(miss)).doubleValue();
      BigDecimal missed = new BigDecimal(none).multiply(new BigDecimal(1L << 32));
      thresholds[g] =
          (1L << 32)
              - missed.setScale(0, RoundingMode.HALF_EVEN).round(MathContext.UNLIMITED).longValue();
    }
    return thresholds;
  }
}
