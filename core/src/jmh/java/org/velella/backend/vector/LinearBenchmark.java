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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.plan.LinearOp;

/**
 * Rows of a fully connected layer: dense, from spikes of several densities as numbers and as bits,
 * by the scalar definition, and ND4J's product as a user would write it. {@code fmaPeak} needs the
 * time of the dense product's multiply-adds alone, so its time over another one is that one's share
 * of the machine's limit. Unset {@code OPENBLAS_CORETYPE} and {@code OPENBLAS_L2_SIZE}, else ND4J
 * may run on half its speed.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class LinearBenchmark extends SynapseBenchmark {
  /** Rows, inputs, outputs. */
  @Param({"1024x512x512", "64x512x512", "16384x1024x1024"})
  public String shape;

  @Param({"0.01", "0.02", "0.05", "0.1", "0.2"})
  public double density;

  private long terms;
  private INDArray x;
  private INDArray w;

  @Setup
  public void setUp() {
    int first = shape.indexOf('x');
    int last = shape.lastIndexOf('x');
    int rows = Integer.parseInt(shape.substring(0, first));
    int inputs = Integer.parseInt(shape.substring(first + 1, last));
    int outputs = Integer.parseInt(shape.substring(last + 1));
    float[] weight = SynapseTwins.numbers(inputs * outputs, 1);
    LinearOp op = new LinearOp("l", 0, 1, 1, inputs, outputs, weight, null);
    twins = new SynapseTwins(op, rows, inputs, outputs, density);
    terms = (long) rows * inputs * outputs;
    Twins.oneThread();
    x = Nd4j.createFromArray(twins.dense).reshape(rows, inputs);
    w = Nd4j.createFromArray(weight).reshape(outputs, inputs).transpose().dup('c');
    Twins.requireNear("ND4J", twins.run(twins.vector, twins.dense), nd4jMmul());
  }

  @Benchmark
  public float fmaPeak() {
    return FmaPeak.run(terms);
  }

  @Benchmark
  public INDArray nd4jMmul() {
    return x.mmul(w);
  }
}
