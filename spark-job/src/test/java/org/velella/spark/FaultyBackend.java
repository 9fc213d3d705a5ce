package org.velella.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.Program;
import org.velella.plan.Plan;
import org.velella.spark.faults.FaultFolder;

/**
 * The scalar backend with faults: it fails after a number of chunks or at large ones, and takes its
 * time over each. Where the process was given a {@link FaultFolder}, it counts there what it
 * computes. Found by name in the tests of this module only.
 */
public final class FaultyBackend implements Backend {
  public static final String NAME = "faulty";

  /** The system property that says how many milliseconds each chunk takes. */
  public static final String MILLIS = "velella.test.chunk-millis";

  /** The system property that names a file without which no chunk runs. */
  public static final String GATE = "velella.test.gate";

  private static final AtomicLong CHUNKS_LEFT = new AtomicLong(Long.MAX_VALUE);
  private static final AtomicLong CHUNKS_RUN = new AtomicLong();
  private static final AtomicLong FAIL_AT = new AtomicLong(-1);

  private static final AtomicLong FITS = new AtomicLong(Long.MAX_VALUE);

  /** Lets so many chunks run well, in all threads together; the next one throws. */
  public static void failAfter(long chunks) {
    CHUNKS_LEFT.set(chunks);
  }

  /** Lets only chunks run well that are of so many samples or fewer. */
  public static void failLargerThan(long samples) {
    countAnew();
    FITS.set(samples);
  }

  /** Lets every chunk run well. */
  public static void failNever() {
    FITS.set(Long.MAX_VALUE);
    CHUNKS_LEFT.set(Long.MAX_VALUE);
    FAIL_AT.set(-1);
  }

  /** Lets so many chunks run well; only the next one throws. */
  public static void failOnce(long chunks) {
    FITS.set(Long.MAX_VALUE);
    CHUNKS_RUN.set(0);
    FAIL_AT.set(chunks + 1);
    CHUNKS_LEFT.set(Long.MAX_VALUE);
  }

  /** Lets every chunk run well, and counts them from now on. */
  public static void countAnew() {
    failNever();
    CHUNKS_RUN.set(0);
  }

  /** Chunks begun since {@link #failOnce} or {@link #countAnew}. */
  public static long chunksRun() {
    return CHUNKS_RUN.get();
  }

  /** Chunks that may still run. */
  public static long chunksLeft() {
    return CHUNKS_LEFT.get();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    return Availability.yes("for tests");
  }

  @Override
  public int preference() {
    return Integer.MIN_VALUE;
  }

  @Override
  public Program compile(Plan plan) {
    Optional<FaultFolder> counting = FaultFolder.given();
    return new WatchedProgram(
        plan,
        (scalar, chunk) -> {
          counting.ifPresent(folder -> folder.work((long) plan.batch() * chunk.steps()));
          if (CHUNKS_LEFT.decrementAndGet() < 0
              || CHUNKS_RUN.incrementAndGet() == FAIL_AT.get()
              || plan.batch() > FITS.get()) {
            throw new IllegalStateException("the fault that the test asked for");
          }
          awaitGate();
          sleep(Long.getLong(MILLIS, 0));
          scalar.run(chunk);
        });
  }

  private static void awaitGate() {
    String gate = System.getProperty(GATE, "");
    while (!gate.isEmpty()
        && !Files.exists(Path.of(gate))
        && !Thread.currentThread().isInterrupted()) {
      sleep(20);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
