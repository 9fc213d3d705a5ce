package org.velella.backend.vector;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
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
import org.velella.backend.DelayedKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.DelayedSparseOp;
import org.velella.synapse.Connectivity;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * 20 steps of a projection of 2000 onto 2000 neurons, a tenth of whose pairs have a synapse, with
 * delays of 1 to 8 steps of each synapse's own: spikes as numbers and as bits in vectors, the
 * scalar definition, and ND4J as a user would write it, with a dense matrix for each delay.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class DelayedBenchmark {
  private static final int SIZE = 2000;
  private static final int STEPS = 20;
  private static final int LONGEST = 8;
  private static final double CONNECTED = 0.1;

  @Param({"0.01", "0.1"})
  public double density;

  private final float[] spikes = new float[STEPS * SIZE];
  private final long[] bits = new long[STEPS * SpikeFrameKernel.words(SIZE)];
  private final float[] out = new float[STEPS * SIZE];
  private final float[][] dense = new float[LONGEST + 1][];
  private final INDArray[] matrices = new INDArray[LONGEST + 1];
  private INDArray x;
  private DelayedKernel vector;
  private DelayedKernel scalar;

  /** From nothing pending, all ways must give the same sums. */
  @Setup
  public void prove() {
    DelayedSparseOp op = op(new SplittableRandom(1));
    int words = SpikeFrameKernel.words(SIZE);
    for (int i = 0; i < spikes.length; i++) {
      if (SynapseTwins.uniform(i, 3) < density) {
        int element = i % SIZE;
        spikes[i] = 1;
        bits[i / SIZE * words + (element >> 6)] |= 1L << element;
      }
    }
    vector = new VectorKernels().delayed(op, 1);
    scalar = new ScalarKernels().delayed(op, 1);
    load(scalar);
    float[] expected = scalar().clone();
    load(vector);
    Arrays.fill(out, Float.NaN);
    Twins.requireBits("numbers", expected, vectorNumbers());
    load(vector);
    Arrays.fill(out, Float.NaN);
    Twins.requireBits("bits", expected, vectorBits());
    Twins.oneThread();
    x = Nd4j.createFromArray(spikes).reshape(STEPS, SIZE);
    for (int delay = 1; delay <= LONGEST; delay++) {
      matrices[delay] = Nd4j.createFromArray(dense[delay]).reshape(SIZE, SIZE);
    }
    Twins.requireNear("ND4J", expected, nd4j());
  }

  private DelayedSparseOp op(SplittableRandom random) {
    for (int delay = 1; delay <= LONGEST; delay++) {
      dense[delay] = new float[SIZE * SIZE];
    }
    int[] offsets = new int[SIZE + 1];
    int[] columns = new int[SIZE * SIZE];
    float[] weights = new float[SIZE * SIZE];
    int[] delays = new int[SIZE * SIZE];
    int count = 0;
    for (int pair = 0; pair < SIZE * SIZE; pair++) {
      if (random.nextDouble() < CONNECTED) {
        columns[count] = pair % SIZE;
        weights[count] = (float) random.nextDouble(-1, 1);
        delays[count] = random.nextInt(1, LONGEST + 1);
        dense[delays[count]][pair] = weights[count];
        count++;
      }
      offsets[pair / SIZE + 1] = count;
    }
    Connectivity synapses = new Connectivity(SIZE, offsets, Arrays.copyOf(columns, count));
    return new DelayedSparseOp(
        "d",
        0,
        1,
        synapses,
        Arrays.copyOf(weights, count),
        Arrays.copyOf(delays, count),
        LONGEST,
        0);
  }

  private static void load(DelayedKernel kernel) {
    Shape pending = Shape.of(1, LONGEST, SIZE);
    kernel.load(new Tensor[] {Tensor.of(pending, new float[LONGEST * SIZE])});
  }

  @Benchmark
  public float[] vectorNumbers() {
    vector.run(STEPS, spikes, 0, out, 0);
    return out;
  }

  @Benchmark
  public float[] vectorBits() {
    vector.runSpikes(STEPS, bits, 0, out, 0);
    return out;
  }

  @Benchmark
  public float[] scalar() {
    scalar.run(STEPS, spikes, 0, out, 0);
    return out;
  }

  /** All steps at once: what a delay of d steps gives lies d rows below. */
  @Benchmark
  public INDArray nd4j() {
    INDArray sums = Nd4j.zeros(STEPS + LONGEST, SIZE);
    for (int delay = 1; delay <= LONGEST; delay++) {
      INDArray rows = sums.get(NDArrayIndex.interval(delay, delay + STEPS), NDArrayIndex.all());
      rows.addi(x.mmul(matrices[delay]));
    }
    return sums.get(NDArrayIndex.interval(0, STEPS), NDArrayIndex.all());
  }
}
