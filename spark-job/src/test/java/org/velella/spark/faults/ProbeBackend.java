package org.velella.spark.faults;

import java.util.ArrayList;
import java.util.List;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.DeviceLostException;
import org.velella.backend.Program;
import org.velella.plan.Plan;
import org.velella.spark.WatchedProgram;

/**
 * The scalar backend in short chunks, which counts what it computes and does what the {@link
 * FaultFolder} of its process says. A fault may be meant for one host: its name then ends in that
 * host's address.
 */
public final class ProbeBackend implements Backend {
  public static final String NAME = "probe";

  /** Milliseconds that every chunk takes. */
  static final String MILLIS = "millis";

  /** Every chunk of so many samples or more fills the heap; 0: none does. */
  static final String HEAP = "heap";

  /** The next chunk finds the device lost. */
  static final String LOSE = "lose";

  private static final String HOST = System.getenv().getOrDefault("SPARK_LOCAL_IP", "127.0.0.1");

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
    return Integer.MIN_VALUE + 1;
  }

  @Override
  public Program compile(Plan plan) {
    FaultFolder faults = FaultFolder.ofProcess();
    return WatchedProgram.inShortChunks(
        plan,
        (scalar, chunk) -> {
          faults.work((long) plan.batch() * chunk.steps());
          long tooLarge = faults.get(on(HEAP, HOST));
          if (tooLarge > 0 && plan.batch() >= tooLarge) {
            fillHeap();
          }
          if (faults.take(on(LOSE, HOST))) {
            throw new DeviceLostException(NAME, "the test took it away", null);
          }
          sleep(faults.get(MILLIS) + faults.get(on(MILLIS, HOST)));
          scalar.run(chunk);
        });
  }

  /** The name of a fault for one host only. */
  static String on(String fault, String host) {
    return fault + "-" + host;
  }

  private static void fillHeap() {
    List<long[]> all = new ArrayList<>();
    while (true) {
      all.add(new long[1 << 20]);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The task was told to stop", e);
    }
  }
}
