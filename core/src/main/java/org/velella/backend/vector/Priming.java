package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.plan.StatelessOp;

/**
 * Runs new kernels on a few neurons until the JIT has compiled them, so that the first tile does
 * not crawl. All priming of a JVM together takes at most a second and a half; kernels beyond that
 * warm up as they run.
 */
final class Priming {
  private static final long TOTAL_NANOS = 1_500_000_000L;
  private static final long NANOS_PER_KERNEL = 250_000_000L;

  /** What priming a kind of synapse may take. */
  private static final long NANOS_PER_SYNAPSE = 300_000_000L;

  private static final int CALLS = 30_000;
  private static final int NEURONS = 128;

  private static long left = TOTAL_NANOS;

  private Priming() {}

  /** Primes the kernels of a layer's kind, if that is not done and there is time left. */
  static synchronized void synapses(StatelessOp op) {
    if (left < NANOS_PER_SYNAPSE) {
      return;
    }
    long start = System.nanoTime();
    VectorSynapses.prime(op);
    left -= System.nanoTime() - start;
  }

  /** Primes a generated class as far as there is time left. */
  static synchronized void neurons(NeuronClasses.Compiled kernel, NeuronVariant variant) {
    if (left <= 0) {
      return;
    }
    long start = System.nanoTime();
    int constants = 0;
    for (var instruction : variant.instructions()) {
      constants = Math.max(constants, 1 + Math.max(instruction.a(), 0));
    }
    float[][] ones = new float[constants][NEURONS];
    for (float[] array : ones) {
      Arrays.fill(array, 1f);
    }
    float[][] memories = new float[variant.memoryResults().size()][NEURONS];
    float[][] recorded = new float[variant.recorded().size()][NEURONS];
    float[] x = new float[NEURONS];
    for (int i = 0; i < NEURONS; i++) {
      x[i] = (i * 37 % 64 - 20) / 16f;
    }
    float[] out = new float[NEURONS];
    long[] bits = new long[NEURONS / Long.SIZE];
    NeuronCode code = kernel.instance(ones, memories);
    long limit = Math.min(left, NANOS_PER_KERNEL);
    for (int call = 0; call < CALLS && System.nanoTime() - start < limit; call++) {
      int n = (call & 1) == 0 ? NEURONS : NEURONS / 2;
      code.step(n, x, 0, 0, 0, 0, out, 0, bits, 0, recorded, 0);
    }
    left -= System.nanoTime() - start;
  }
}
