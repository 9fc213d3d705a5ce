package org.velella.backend.vector;

import org.velella.plan.StatelessOp;

/**
 * The time that this JVM spends on running new kernels until they are compiled, before they are
 * used: at most a second and a half in all. Kernels beyond that warm up as they run.
 */
final class Priming {
  private static final long TOTAL_NANOS = 1_500_000_000L;
  private static final long NANOS_PER_NEURON_KERNEL = 500_000_000L;

  /** With less time left no new kind of layer is begun. */
  private static final long LEAST_NANOS = 100_000_000L;

  private static final long NANOS_FOR_RANDOM = 200_000_000L;

  private static final PrimingBudget HERE =
      new PrimingBudget(
          TOTAL_NANOS - OperatorProfiles.nanos() - Calibration.nanos(), System::nanoTime);

  private Priming() {}

  /**
   * Seconds that this JVM has spent on priming so far: profiles of operators, the calibration, and
   * kernels of all kinds.
   */
  static double seconds() {
    return (TOTAL_NANOS - HERE.left()) / 1e9;
  }

  /** Primes the kernels of a layer's kind, if that is not done and there is time left. */
  static void synapses(StatelessOp op) {
    HERE.spend(LEAST_NANOS, TOTAL_NANOS, nanos -> VectorSynapses.prime(op, nanos));
  }

  /** Primes the sums of edges, if that is not done and there is time left. */
  static void sums() {
    HERE.spend(LEAST_NANOS, TOTAL_NANOS, VectorSynapses::primeSums);
  }

  /** Primes the encoders that draw, if that is not done and there is time left. */
  static void encoders() {
    HERE.spend(LEAST_NANOS, NANOS_FOR_RANDOM, VectorEncoders::prime);
  }

  /** Primes the noise of computed input, if that is not done and there is time left. */
  static void noise() {
    HERE.spend(LEAST_NANOS, NANOS_FOR_RANDOM, VectorNoise::prime);
  }

  /** Primes a generated class as far as there is time left. */
  static void neurons(NeuronProbe probe) {
    HERE.spend(1, NANOS_PER_NEURON_KERNEL, probe::prime);
  }
}
