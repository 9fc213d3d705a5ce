package org.velella.backend.vector;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.plan.ConvOp;

/**
 * A convolution of 32 to 64 channels, 3 by 3, over 16 images of 16 by 16: dense, from spikes of
 * several densities as numbers and as bits, by the scalar definition, and ND4J's conv2d as a user
 * would write it. {@code fmaPeak} needs the time of the dense product's multiply-adds alone, so its
 * time over another one is that one's share of the machine's limit.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class ConvBenchmark extends SynapseBenchmark {
  private static final int FRAMES = 16;
  private static final int IN = 32;
  private static final int OUT = 64;
  private static final int SIDE = 16;
  private static final int KERNEL = 3;

  @Param({"0.01", "0.02", "0.05", "0.1", "0.2"})
  public double density;

  private INDArray x;
  private INDArray w;
  private Conv2DConfig config;

  @Setup
  public void setUp() {
    float[] weight = SynapseTwins.numbers(OUT * IN * KERNEL * KERNEL, 1);
    ConvOp op =
        new ConvOp(
            "c", 0, 1, IN, SIDE, SIDE, OUT, SIDE, SIDE, KERNEL, KERNEL, 1, 1, 1, 1, 1, 1, 1, weight,
            null);
    twins = new SynapseTwins(op, FRAMES, IN * SIDE * SIDE, OUT * SIDE * SIDE, density);
    Twins.oneThread();
    x = Nd4j.createFromArray(twins.dense).reshape(FRAMES, IN, SIDE, SIDE);
    INDArray kernel = Nd4j.createFromArray(weight).reshape(OUT, IN, KERNEL, KERNEL);
    w = kernel.permute(2, 3, 1, 0).dup('c');
    config =
        Conv2DConfig.builder().kH(KERNEL).kW(KERNEL).sH(1).sW(1).pH(1).pW(1).dH(1).dW(1).build();
    Twins.requireNear("ND4J", twins.run(twins.vector, twins.dense), nd4jConv2d());
  }

  @Benchmark
  public float fmaPeak() {
    return FmaPeak.run((long) FRAMES * OUT * SIDE * SIDE * IN * KERNEL * KERNEL);
  }

  @Benchmark
  public INDArray nd4jConv2d() {
    return Nd4j.cnn().conv2d(x, w, config);
  }
}
