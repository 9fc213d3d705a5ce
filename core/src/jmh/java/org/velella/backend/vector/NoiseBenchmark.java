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
import org.velella.backend.NoiseKernel;
import org.velella.backend.PlainNoise;
import org.velella.encoding.CounterRandom;

/**
 * Standard normal numbers of 1000 elements, a step at a time: counter-based with their words, in
 * vectors and by plain Java, and those of Java's generator and ND4J, whose numbers depend on what
 * was drawn before; ND4J's are float32. Throughput in numbers per microsecond.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(NoiseBenchmark.NUMBERS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector"})
public class NoiseBenchmark {
  static final int NUMBERS = 1000;

  private static final long KEY = CounterRandom.key(1, "stimulus");

  private final NoiseKernel vector = new VectorBackend().inputNoise();
  private final NoiseKernel plain = new PlainNoise();
  private final SplittableRandom java = new SplittableRandom(1);
  private final double[] numbers = new double[NUMBERS];
  private int step;

  /** The two ways must give the same bits, all of them normal numbers. */
  @Setup
  public void prove() {
    double[] expected = Arrays.copyOf(plain.normals(KEY, 7, 3, NUMBERS), NUMBERS);
    if (!Arrays.equals(expected, Arrays.copyOf(vector.normals(KEY, 7, 3, NUMBERS), NUMBERS))) {
      throw new IllegalStateException("vectors give other numbers than the definition");
    }
    Twins.oneThread();
    Twins.requireMean("Velella", Arrays.stream(expected).sum(), NUMBERS, 0, 1);
    Twins.requireMean("ND4J", nd4j().sumNumber().doubleValue(), NUMBERS, 0, 1);
  }

  @Benchmark
  public double[] vector() {
    return vector.normals(KEY, 7, step++, NUMBERS);
  }

  @Benchmark
  public double[] plain() {
    return plain.normals(KEY, 7, step++, NUMBERS);
  }

  @Benchmark
  public double[] splittableRandom() {
    for (int i = 0; i < NUMBERS; i++) {
      numbers[i] = java.nextGaussian();
    }
    return numbers;
  }

  @Benchmark
  public INDArray nd4j() {
    return Nd4j.randn(DataType.FLOAT, NUMBERS);
  }
}
