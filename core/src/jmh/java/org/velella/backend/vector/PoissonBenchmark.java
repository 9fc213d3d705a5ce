package org.velella.backend.vector;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.backend.EncoderKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.encoding.PoissonCountOperation;
import org.velella.plan.EncoderOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * One step of 64 K Poisson numbers of one mean: in vectors, by the scalar definition, and products
 * of uniform numbers of Java's own generator as a user would write it (Knuth's). ND4J has no
 * Poisson numbers.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class PoissonBenchmark {
  private static final int SIZE = 1 << 16;

  @Param({"0.1", "1.5", "15"})
  public float mean;

  private final float[][] values = {new float[SIZE], new float[SIZE]};
  private final Tensor[] memories = {Tensor.of(Shape.SCALAR, new long[1])};
  private final SplittableRandom java = new SplittableRandom(1);
  private EncoderKernel vector;
  private EncoderKernel scalar;

  /** Both ways must give the same numbers, and all three the mean. */
  @Setup
  public void prove() {
    Arrays.fill(values[0], mean);
    EncoderOp op = new EncoderOp("e", "e", new PoissonCountOperation(), 0, 1, SIZE, List.of(0));
    vector = VectorEncoders.kernel(op, 1, TileParameters.NONE);
    scalar = new ScalarKernels().encoder(op, 1, TileParameters.NONE);
    float[] expected = scalar().clone();
    memories[0].longs()[0] = 0;
    Arrays.fill(values[1], Float.NaN);
    Twins.requireBits("vector", expected, vector());
    Twins.requireMean("counts", sum(expected), SIZE, mean, mean);
    Twins.requireMean("Java", sum(splittableRandom()), SIZE, mean, mean);
  }

  private static double sum(float[] counts) {
    double sum = 0;
    for (float count : counts) {
      sum += count;
    }
    return sum;
  }

  private float[] run(EncoderKernel kernel) {
    kernel.run(0, 1, values, memories);
    return values[1];
  }

  @Benchmark
  public float[] vector() {
    return run(vector);
  }

  @Benchmark
  public float[] scalar() {
    return run(scalar);
  }

  @Benchmark
  public float[] splittableRandom() {
    double limit = Math.exp(-mean);
    for (int i = 0; i < SIZE; i++) {
      int count = 0;
      for (double product = java.nextDouble(); product > limit; count++) {
        product *= java.nextDouble();
      }
      values[1][i] = count;
    }
    return values[1];
  }
}
