package org.velella.backend.vector;

import java.util.Arrays;
import java.util.List;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.backend.EncoderKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.encoding.BernoulliOperation;
import org.velella.plan.EncoderOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * One step of 64 K elements that fire at random: dense and by skips, in vectors and by the scalar
 * definition, and a loop over Java's own generator and ND4J's operations as a user would write
 * them. Throughput in elements per microsecond.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(EncoderBenchmark.SIZE)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector"})
public class EncoderBenchmark {
  static final int SIZE = 1 << 16;

  /** The rate of all elements; for skips also the limit. */
  @Param({"0.001", "0.01", "0.1"})
  public float rate;

  private final float[][] values = {new float[SIZE], new float[SIZE]};
  private final Tensor[] memories = {Tensor.of(Shape.SCALAR, new long[1])};
  private final SplittableRandom java = new SplittableRandom(1);
  private EncoderKernel vectorDense;
  private EncoderKernel vectorSkip;
  private EncoderKernel scalarDense;
  private EncoderKernel scalarSkip;
  private INDArray rates;

  /** Both ways must give the same spikes, at about the rate. */
  @Setup
  public void prove() {
    Arrays.fill(values[0], rate);
    EncoderOp dense = op(BernoulliOperation.dense());
    EncoderOp skip = op(BernoulliOperation.skip(rate));
    vectorDense = VectorEncoders.kernel(dense, 1, TileParameters.NONE);
    vectorSkip = VectorEncoders.kernel(skip, 1, TileParameters.NONE);
    scalarDense = new ScalarKernels().encoder(dense, 1, TileParameters.NONE);
    scalarSkip = new ScalarKernels().encoder(skip, 1, TileParameters.NONE);
    prove(vectorDense, scalarDense);
    prove(vectorSkip, scalarSkip);
    Twins.oneThread();
    rates = Nd4j.createFromArray(values[0]);
    double found = nd4j().sumNumber().doubleValue();
    Twins.requireMean("ND4J", found, SIZE, rate, rate);
  }

  private static EncoderOp op(BernoulliOperation operation) {
    return new EncoderOp("encoder", "encoder", operation, 0, 1, SIZE, List.of(0));
  }

  private void prove(EncoderKernel one, EncoderKernel other) {
    memories[0].longs()[0] = 0;
    float[] expected = run(other).clone();
    memories[0].longs()[0] = 0;
    float[] found = run(one);
    double count = 0;
    for (float spike : found) {
      count += spike;
    }
    double deviation = Math.abs(count - SIZE * (double) rate) / Math.sqrt(SIZE * (double) rate);
    if (!Arrays.equals(expected, found) || deviation > 6) {
      throw new IllegalStateException(
          "spikes differ, or " + count + " of them are not those of rate " + rate);
    }
  }

  private float[] run(EncoderKernel kernel) {
    kernel.run(0, 1, values, memories);
    return values[1];
  }

  @Benchmark
  public float[] vectorDense() {
    return run(vectorDense);
  }

  @Benchmark
  public float[] vectorSkip() {
    return run(vectorSkip);
  }

  @Benchmark
  public float[] scalarDense() {
    return run(scalarDense);
  }

  @Benchmark
  public float[] scalarSkip() {
    return run(scalarSkip);
  }

  @Benchmark
  public float[] splittableRandom() {
    for (int i = 0; i < SIZE; i++) {
      values[1][i] = java.nextDouble() < values[0][i] ? 1 : 0;
    }
    return values[1];
  }

  @Benchmark
  public INDArray nd4j() {
    return Nd4j.rand(DataType.FLOAT, SIZE).lt(rates).castTo(DataType.FLOAT);
  }
}
