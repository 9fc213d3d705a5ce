package org.velella.backend.vector;

import org.velella.plan.StatelessOp;

/**
 * The time that this JVM spends on running new kernels until they are compiled, before they are
 * used: at most a second and a half in all. Kernels beyond that warm up as they run.
 */
final class Priming {
  private static final long TOTAL_NANOS = 1_500_000_000L;
  private static final long NANOS_PER_NEURON_KERNEL = 250_000_000L;
  private static final long NANOS_PER_SYNAPSE = 300_000_000L;

  private static long left = TOTAL_NANOS - OperatorProfiles.nanos();

  private Priming() {}

  /** Seconds that this JVM has spent on priming so far. */
  static synchronized double seconds() {
    return (TOTAL_NANOS - left) / 1e9;
  }

  /** Primes the kernels of a layer's kind, if that is not done and there is time left. */
  static synchronized void synapses(StatelessOp op) {
    if (left >= NANOS_PER_SYNAPSE) {
      long start = System.nanoTime();
      VectorSynapses.prime(op);
      left -= System.nanoTime() - start;
    }
  }

  /** Primes the sums of edges, if that is not done and there is time left. */
  static synchronized void sums() {
    if (left >= NANOS_PER_SYNAPSE) {
      long start = System.nanoTime();
      VectorSynapses.primeSums();
      left -= System.nanoTime() - start;
    }
  }

  /** Primes a generated class as far as there is time left. */
  static synchronized void neurons(NeuronProbe probe) {
    if (left > 0) {
      long start = System.nanoTime();
      probe.prime(Math.min(left, NANOS_PER_NEURON_KERNEL));
      left -= System.nanoTime() - start;
    }
  }
}
