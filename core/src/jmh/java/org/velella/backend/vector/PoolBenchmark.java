package org.velella.backend.vector;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
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
import org.velella.layer.PoolOperation;
import org.velella.plan.PoolOp;

/**
 * Pooling of two by two over 16 frames of 32 channels of 28 by 28: numbers, spikes of a density as
 * numbers and as bits, the scalar definition, and ND4J's pooling as a user would write it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class PoolBenchmark extends SynapseBenchmark {
  private static final int FRAMES = 16;
  private static final int CHANNELS = 32;
  private static final int SIDE = 28;

  @Param({"SUM", "AVERAGE", "MAXIMUM"})
  public PoolOperation.Mode mode;

  @Param({"0.01", "0.1"})
  public double density;

  private INDArray x;
  private Pooling2DConfig config;

  /** The twins compare themselves with each other. */
  @Setup
  public void prove() {
    int out = SIDE / 2;
    PoolOp op =
        new PoolOp(
            "p",
            0,
            1,
            mode,
            PoolOperation.Divisor.WINDOW,
            CHANNELS,
            SIDE,
            SIDE,
            out,
            out,
            2,
            2,
            2,
            2,
            0,
            0);
    twins = new SynapseTwins(op, FRAMES, CHANNELS * SIDE * SIDE, CHANNELS * out * out, density);
    Twins.oneThread();
    x = Nd4j.createFromArray(twins.dense).reshape(FRAMES, CHANNELS, SIDE, SIDE);
    config = Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).isNHWC(false).build();
    Twins.requireNear("ND4J", twins.run(twins.scalar, twins.dense), nd4j());
  }

  /** A sum is four times an average. */
  @Benchmark
  public INDArray nd4j() {
    return switch (mode) {
      case SUM -> Nd4j.cnn().avgPooling2d(x, config).muli(4);
      case AVERAGE -> Nd4j.cnn().avgPooling2d(x, config);
      case MAXIMUM -> Nd4j.cnn().maxPooling2d(x, config);
    };
  }
}
