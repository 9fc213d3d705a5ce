package org.velella.backend.vector;

import java.util.Arrays;
import java.util.SplittableRandom;
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
import org.velella.backend.FrameKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.SparseOp;
import org.velella.synapse.Connectivity;

/**
 * 20 steps of 10 000 sources, 1 % of which fire, to 10 000 targets: weights of their own and one
 * weight for all, on the Vector API and by the scalar definition, the loop over compressed rows
 * that a user would write, and ND4J's product with a dense matrix. At a connectivity of 0.1 that is
 * 2 million synaptic events.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class SparseBenchmark {
  private static final int SIZE = 10_000;
  private static final int STEPS = 20;
  private static final double ACTIVE = 0.01;

  /** The share of pairs with a synapse. */
  @Param({"0.02", "0.1"})
  public double connected;

  private final float[] spikes = new float[STEPS * SIZE];
  private final long[] bits = new long[STEPS * SpikeFrameKernel.words(SIZE)];
  private final float[] out = new float[STEPS * SIZE];
  private Connectivity synapses;
  private float[] weights;
  private FrameKernel vectorSparse;
  private FrameKernel vectorEqual;
  private FrameKernel scalarSparse;
  private FrameKernel scalarEqual;
  private INDArray x;
  private INDArray matrix;

  /** Draws the network and its spikes; every kernel must give the bits of the scalar one. */
  @Setup
  public void prove() {
    SplittableRandom random = new SplittableRandom(1);
    connect(random);
    int words = SpikeFrameKernel.words(SIZE);
    for (int i = 0; i < spikes.length; i++) {
      if (random.nextDouble() < ACTIVE) {
        int k = i % SIZE;
        spikes[i] = 1;
        bits[i / SIZE * words + (k >> 6)] |= 1L << k;
      }
    }
    SparseOp sparse = new SparseOp("sparse", 0, 1, synapses, weights);
    EqualWeightOp equal = new EqualWeightOp("equal", 0, 1, synapses, 0.3f);
    vectorSparse = VectorSynapses.kernel(sparse);
    vectorEqual = VectorSynapses.kernel(equal);
    scalarSparse = new ScalarKernels().stateless(sparse);
    scalarEqual = new ScalarKernels().stateless(equal);
    float[] expected = run(scalarSparse).clone();
    prove("sparse", expected, run(vectorSparse));
    prove("loop", expected, loop());
    prove("equal", run(scalarEqual).clone(), run(vectorEqual));
    Twins.oneThread();
    x = Nd4j.createFromArray(spikes).reshape(STEPS, SIZE);
    matrix = Nd4j.createFromArray(dense()).reshape(SIZE, SIZE);
    Twins.requireNear("ND4J", expected, nd4jMmul());
  }

  private float[] dense() {
    float[] all = new float[SIZE * SIZE];
    for (int k = 0; k < SIZE; k++) {
      for (int e = synapses.offsets()[k]; e < synapses.offsets()[k + 1]; e++) {
        all[k * SIZE + synapses.columns()[e]] = weights[e];
      }
    }
    return all;
  }

  private void connect(SplittableRandom random) {
    int[] offsets = new int[SIZE + 1];
    int[] columns = new int[(int) (1.1 * connected * SIZE * SIZE) + SIZE];
    int count = 0;
    for (int k = 0; k < SIZE; k++) {
      for (int o = 0; o < SIZE; o++) {
        if (random.nextDouble() < connected) {
          columns[count++] = o;
        }
      }
      offsets[k + 1] = count;
    }
    synapses = new Connectivity(SIZE, offsets, Arrays.copyOf(columns, count));
    weights = new float[count];
    for (int e = 0; e < count; e++) {
      weights[e] = (float) random.nextDouble(-1, 1);
    }
  }

  private static void prove(String what, float[] expected, float[] found) {
    if (!Arrays.equals(expected, found)) {
      throw new IllegalStateException(what + ": other sums than those of the definition");
    }
  }

  private float[] run(FrameKernel kernel) {
    if (kernel instanceof SpikeFrameKernel fromBits) {
      fromBits.runSpikes(STEPS, bits, 0, out, 0);
    } else {
      kernel.run(STEPS, spikes, 0, out, 0);
    }
    return out;
  }

  @Benchmark
  public float[] vectorSparse() {
    return run(vectorSparse);
  }

  @Benchmark
  public float[] scalarSparse() {
    return run(scalarSparse);
  }

  @Benchmark
  public float[] vectorEqualWeight() {
    return run(vectorEqual);
  }

  @Benchmark
  public float[] scalarEqualWeight() {
    return run(scalarEqual);
  }

  @Benchmark
  public INDArray nd4jMmul() {
    return x.mmul(matrix);
  }

  /** Compressed rows of int targets and float weights. */
  @Benchmark
  public float[] userLoop() {
    return loop();
  }

  private float[] loop() {
    int[] offsets = synapses.offsets();
    int[] columns = synapses.columns();
    Arrays.fill(out, 0);
    for (int t = 0; t < STEPS; t++) {
      for (int k = 0; k < SIZE; k++) {
        if (spikes[t * SIZE + k] != 0) {
          for (int e = offsets[k]; e < offsets[k + 1]; e++) {
            out[t * SIZE + columns[e]] += weights[e];
          }
        }
      }
    }
    return out;
  }
}
