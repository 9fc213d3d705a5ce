package org.velella.backend.vector;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a new kernel on a few neurons until the JIT has compiled it, and tells whether it has: cold,
 * each vector is an object, and the interpreter of blocks is many times faster. Safe for several
 * threads.
 */
final class NeuronProbe {
  private static final Logger LOG = LoggerFactory.getLogger(NeuronProbe.class);

  private static final int NEURONS = 128;

  /**
   * Neurons are rounded up to two groups of vectors that code takes at once, at most 2 x 6 x 16.
   */
  private static final int MOST_NEURONS = 2 * NEURONS;

  /** How many times the predicted time a call may take. */
  private static final double TOLERANCE = 5;

  /**
   * More than compiled code took for a vector operation on any machine that was measured (0.15 to
   * 0.5 ns). Where a JVM has much else to compile, the calibration may be cold itself.
   */
  private static final double MOST_NANOS_PER_OPERATION = 1;

  /** What beginning a call may take besides. */
  private static final double NANOS_PER_CALL = 200;

  private static final long NANOS_PER_TRY = 2_000_000L;

  private static final long MOST_NANOS_PER_TRY = 50_000_000L;

  /**
   * Until a kernel's tries add up to this, all kernels' tries take half of the time: what the JIT
   * waits for is that cold code has run often enough. Code that it has not compiled by then it may
   * never compile.
   */
  private static final long EAGER_NANOS = 1_500_000_000L;

  /** Then its tries take a tenth of the time. */
  private static final long NANOS_BETWEEN = 20_000_000L;

  /** After so long somebody should know. */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** When the last try of any kernel ended. */
  private static final AtomicLong LAST_OF_ANY = new AtomicLong(System.nanoTime());

  private final String name;
  private final Runnable work;
  private final double operations;
  private final float[] x = new float[MOST_NEURONS];
  private final int neurons;
  private final long started = System.nanoTime();
  private final ReentrantLock trying = new ReentrantLock();

  /** When the last try ended, how long all took, and whether somebody was told; all by the lock. */
  private long last = started;

  private long spent;
  private boolean told;
  private volatile boolean warm;

  /**
   * A probe of one class.
   *
   * @param operations vector operations per neuron and step: those of a vector over its lanes
   */
  NeuronProbe(
      String name, NeuronClasses.Compiled kernel, NeuronVariant variant, double operations) {
    this.name = name;
    int constants = 0;
    for (var instruction : variant.instructions()) {
      constants = Math.max(constants, 1 + Math.max(instruction.a(), 0));
    }
    float[][] ones = new float[constants][MOST_NEURONS];
    for (float[] array : ones) {
      Arrays.fill(array, 1f);
    }
    NeuronCode code =
        kernel.instance(ones, new float[variant.memoryResults().size()][MOST_NEURONS]);
    for (int k = 0; k < code.others(); k++) {
      code.other(k, x, 0, 0);
    }
    int group = code instanceof CountCode ? kernel.vectors() * Lanes.COUNT : 1;
    // Few, as each vector is an object until the code is compiled.
    neurons = 2 * ((NEURONS / 2 + group - 1) / group * group);
    work =
        code instanceof CountCode count
            ? counting(count)
            : stepping((StepCode) code, variant.recorded().size());
    this.operations = operations;
    for (int i = 0; i < x.length; i++) {
      x[i] = (i * 37 % 64 - 20) / 16f;
    }
  }

  /** One and a half steps of all. */
  private Runnable stepping(StepCode code, int recordedValues) {
    float[] out = new float[NEURONS];
    long[] bits = new long[NEURONS / Long.SIZE];
    float[][] recorded = new float[recordedValues][NEURONS];
    return () -> {
      code.step(NEURONS, x, 0, 0, 0, 0, out, 0, bits, 0, recorded, 0);
      code.step(NEURONS / 2, x, 0, 0, 0, 0, out, 0, bits, 0, recorded, 0);
    };
  }

  /** As many updates. */
  private Runnable counting(CountCode code) {
    int[] counts = new int[neurons];
    int[] waits = new int[neurons];
    return () -> {
      code.count(neurons, 1, x, 0, 0, 0, 0, counts, waits);
      code.count(neurons / 2, 1, x, 0, 0, 0, 0, counts, waits);
    };
  }

  /** Runs the kernel for at most so long, less if it is compiled before. */
  void prime(long nanos) {
    long end = System.nanoTime() + nanos;
    trying.lock();
    try {
      while (!warm && System.nanoTime() < end) {
        attempt(NANOS_PER_TRY);
      }
    } finally {
      trying.unlock();
    }
  }

  /**
   * Whether the kernel runs at its pace; if it has not yet, tries now and then, unless another
   * thread does.
   */
  boolean warm() {
    if (!warm && trying.tryLock()) {
      try {
        long now = System.nanoTime();
        long length = length(now - LAST_OF_ANY.get(), now - last, spent);
        if (!warm && length > 0) {
          attempt(length);
        }
      } finally {
        trying.unlock();
      }
    }
    return warm;
  }

  /**
   * How long a try may take, 0 if it is too early for one.
   *
   * @param sinceAny nanoseconds that have gone by since the last try of any kernel
   * @param sinceOwn nanoseconds that have gone by since the last of this one
   * @param spent nanoseconds that all tries of this one have taken
   */
  static long length(long sinceAny, long sinceOwn, long spent) {
    if (spent >= EAGER_NANOS) {
      return sinceOwn < NANOS_BETWEEN ? 0 : NANOS_PER_TRY;
    }
    return sinceAny < NANOS_PER_TRY ? 0 : Math.min(sinceAny, MOST_NANOS_PER_TRY);
  }

  /**
   * Whether two calls are as fast as compiled code is.
   *
   * @param nanos that they took
   * @param operations vector operations in them
   * @param nanosPerOperation by the calibration
   */
  static boolean keepsPace(long nanos, double operations, double nanosPerOperation) {
    double predicted = operations * Math.min(MOST_NANOS_PER_OPERATION, nanosPerOperation);
    return nanos <= 2 * NANOS_PER_CALL + TOLERANCE * predicted;
  }

  /** Runs the kernel for so long, or until it keeps pace. */
  private void attempt(long nanos) {
    double nanosPerOperation = Calibration.nanosPerOperationHere();
    long first = System.nanoTime();
    do {
      long start = System.nanoTime();
      work.run();
      last = System.nanoTime();
      warm = keepsPace(last - start, operations * neurons * 1.5, nanosPerOperation);
    } while (!warm && last - first < nanos);
    spent += last - first;
    LAST_OF_ANY.set(last);
    if (!warm && !told && last - started > PATIENCE_NANOS) {
      told = true;
      LOG.warn("{}: the JIT has not compiled the vector code yet; the interpreter runs it", name);
    }
  }
}
