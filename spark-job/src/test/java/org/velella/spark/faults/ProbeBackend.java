package org.velella.spark.faults;

import java.util.ArrayList;
import java.util.List;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.Chunk;
import org.velella.backend.DeviceLostException;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.plan.Plan;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/**
 * The scalar backend in short chunks, which counts what it computes and does what the {@link
 * FaultFolder} of its process says. A fault may be meant for one host: its name then ends in that
 * host's address.
 */
public final class ProbeBackend implements Backend {
  public static final String NAME = "probe";

  /** Milliseconds that every chunk takes. */
  static final String MILLIS = "millis";

  /** The next chunk fills the heap. */
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
    Program program = Backends.load().named("scalar").compile(plan);
    FaultFolder faults = FaultFolder.ofProcess();
    return new Program() {
      @Override
      public TileRun open(TileParameters parameters) {
        return new ProbeRun(program.open(parameters), plan.batch(), faults);
      }

      @Override
      public long chunkBytes() {
        return 1;
      }

      @Override
      public void close() {
        program.close();
      }
    };
  }

  /** The name of a fault for one host only. */
  static String on(String fault, String host) {
    return fault + "-" + host;
  }

  private record ProbeRun(TileRun run, int batch, FaultFolder faults) implements TileRun {
    @Override
    public void load(List<Tensor> memories) {
      run.load(memories);
    }

    @Override
    public void run(Chunk chunk) {
      faults.work((long) batch * chunk.steps());
      if (faults.take(on(HEAP, HOST)) || faults.take(HEAP)) {
        fillHeap();
      }
      if (faults.take(on(LOSE, HOST))) {
        throw new DeviceLostException(NAME, "the test took it away", null);
      }
      sleep(faults.get(MILLIS) + faults.get(on(MILLIS, HOST)));
      run.run(chunk);
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

    @Override
    public List<Tensor> memories() {
      return run.memories();
    }

    @Override
    public void close() {
      run.close();
    }
  }
}
