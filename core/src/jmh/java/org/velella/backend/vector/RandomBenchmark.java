package org.velella.backend.vector;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.encoding.CounterRandom;

/**
 * 32-bit random words into a block of 64 K: counter-based, in vectors and by the scalar definition,
 * and the generators of Java and ND4J, whose numbers depend on what was drawn before; ND4J gives
 * numbers in [0, 1) instead, one for each word. Throughput in words per microsecond.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(RandomBenchmark.WORDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector"})
public class RandomBenchmark {
  static final int WORDS = 1 << 16;

  private static final long KEY = CounterRandom.key(1, "encoder");

  private final int[] words = new int[WORDS];
  private final VectorRandom random = new VectorRandom(KEY);
  private final SplittableRandom java = new SplittableRandom(1);
  private int step;

  /** The two ways must give the same words. */
  @Setup
  public void prove() {
    int[] expected = new int[WORDS];
    CounterRandom.words(KEY, 7, 3, 0, WORDS / CounterRandom.BLOCK_WORDS, expected, 0);
    random.words(7, 3, 0, WORDS / CounterRandom.BLOCK_WORDS, words, 0);
    if (!Arrays.equals(expected, words)) {
      throw new IllegalStateException("vectors give other words than the definition");
    }
    Twins.oneThread();
    Twins.requireMean("ND4J", nd4j().sumNumber().doubleValue(), WORDS, 0.5, 1.0 / 12);
  }

  @Benchmark
  public int[] vector() {
    random.words(7, step++, 0, WORDS / CounterRandom.BLOCK_WORDS, words, 0);
    return words;
  }

  @Benchmark
  public int[] scalar() {
    CounterRandom.words(KEY, 7, step++, 0, WORDS / CounterRandom.BLOCK_WORDS, words, 0);
    return words;
  }

  @Benchmark
  public int[] splittableRandom() {
    for (int i = 0; i < WORDS; i++) {
      words[i] = java.nextInt();
    }
    return words;
  }

  @Benchmark
  public INDArray nd4j() {
    return Nd4j.rand(DataType.FLOAT, WORDS);
  }
}
