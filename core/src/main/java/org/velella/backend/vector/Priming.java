package org.velella.backend.vector;

import org.velella.plan.StatelessOp;

/**
 * The time that this JVM spends on running new kernels until they are compiled, before they are
 * used: at most a second and a half in all. Kernels beyond that warm up as they run.
 */
final class Priming {
  private static final long TOTAL_NANOS = 1_500_000_000L;
  private static final long NANOS_PER_NEURON_KERNEL = 250_000_000L;

  /** With less time left no new kind of layer is begun. */
  private static final long LEAST_NANOS = 100_000_000L;

  private static final long NANOS_FOR_ENCODERS = 200_000_000L;

  private static long left = TOTAL_NANOS - OperatorProfiles.nanos() - Calibration.nanos();

  private Priming() {}

  /**
   * Seconds that this JVM has spent on priming so far: profiles of operators, the calibration, and
   * kernels of all kinds.
   */
  static synchronized double seconds() {
    return (TOTAL_NANOS - left) / 1e9;
  }

  /** Primes the kernels of a layer's kind, if that is not done and there is time left. */
  static synchronized void synapses(StatelessOp op) {
    if (left >= LEAST_NANOS) {
      long start = System.nanoTime();
      VectorSynapses.prime(op, left);
      left -= System.nanoTime() - start;
    }
  }

  /** Primes the sums of edges, if that is not done and there is time left. */
  static synchronized void sums() {
    if (left >= LEAST_NANOS) {
      long start = System.nanoTime();
      VectorSynapses.primeSums(left);
      left -= System.nanoTime() - start;
    }
  }

  /** Primes the encoders that draw, if that is not done and there is time left. */
  static synchronized void encoders() {
    if (left >= LEAST_NANOS) {
      long start = System.nanoTime();
      VectorEncoders.prime(Math.min(left, NANOS_FOR_ENCODERS));
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
