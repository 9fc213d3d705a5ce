package org.velella.backend.vector;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.backend.FrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.ScaleOp;

/**
 * The scale and shift of each channel that a batch normalisation is, over 16 frames of 32 channels
 * of 28 by 28: in vectors, by the scalar definition, and ND4J's operations as a user would write
 * them. {@code copy} is what reading and writing as many numbers takes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class ScaleBenchmark {
  private static final int FRAMES = 16;
  private static final int CHANNELS = 32;
  private static final int AREA = 28 * 28;

  private final float[] in = SynapseTwins.numbers(FRAMES * CHANNELS * AREA, 2);
  private final float[] out = new float[in.length];
  private FrameKernel vector;
  private FrameKernel scalar;
  private INDArray x;
  private INDArray factors;
  private INDArray shifts;

  @Setup
  public void prove() {
    float[] scale = SynapseTwins.numbers(CHANNELS, 3);
    float[] shift = SynapseTwins.numbers(CHANNELS, 4);
    ScaleOp op = new ScaleOp("s", 0, 1, CHANNELS * AREA, AREA, scale, shift);
    vector = VectorSynapses.kernel(op);
    scalar = new ScalarKernels().stateless(op);
    float[] expected = run(scalar).clone();
    Twins.requireBits("vector", expected, run(vector));
    Twins.oneThread();
    x = Nd4j.createFromArray(in).reshape(FRAMES, CHANNELS, AREA);
    factors = Nd4j.createFromArray(scale).reshape(1, CHANNELS, 1);
    shifts = Nd4j.createFromArray(shift).reshape(1, CHANNELS, 1);
    Twins.requireNear("ND4J", expected, nd4j());
  }

  private float[] run(FrameKernel kernel) {
    kernel.run(FRAMES, in, 0, out, 0);
    return out;
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
  public float[] copy() {
    System.arraycopy(in, 0, out, 0, in.length);
    return out;
  }

  @Benchmark
  public INDArray nd4j() {
    return x.mul(factors).addi(shifts);
  }
}
