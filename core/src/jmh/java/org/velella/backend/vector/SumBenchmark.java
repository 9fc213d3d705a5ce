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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.backend.EdgeSums;

/**
 * Sums of the edges into a population of 64 K neurons: in vectors, by the plain loops that define
 * them, and ND4J's operations as a user would write them.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class SumBenchmark {
  private static final int SIZE = 1 << 16;

  @Param({"2", "3", "5"})
  public int edges;

  private final EdgeSums vectors = new GuardedSums(Watches.HERE);
  private final float[] out = new float[SIZE];
  private float[][] in;
  private int[] from;
  private INDArray[] arrays;

  @Setup
  public void prove() {
    in = new float[edges][];
    from = new int[edges];
    arrays = new INDArray[edges];
    Twins.oneThread();
    for (int k = 0; k < edges; k++) {
      in[k] = SynapseTwins.numbers(SIZE, k);
      arrays[k] = Nd4j.createFromArray(in[k]);
    }
    float[] expected = scalar().clone();
    Twins.requireBits("vector", expected, vector());
    Twins.requireNear("ND4J", expected, nd4j());
  }

  @Benchmark
  public float[] vector() {
    vectors.sum(edges, in, from, out, 0, SIZE);
    return out;
  }

  @Benchmark
  public float[] scalar() {
    EdgeSums.PLAIN.sum(edges, in, from, out, 0, SIZE);
    return out;
  }

  @Benchmark
  public INDArray nd4j() {
    INDArray sum = arrays[0].add(arrays[1]);
    for (int k = 2; k < edges; k++) {
      sum.addi(arrays[k]);
    }
    return sum;
  }
}
