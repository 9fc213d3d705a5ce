package org.velella.spark.task;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.SparkEnv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;
import org.velella.backend.DeviceUse;
import org.velella.checkpoint.DeviceCounts;
import org.velella.simulate.Simulator;

/**
 * What a task runs tiles with, and what becomes of it when a device fails: smaller tiles where it
 * is full, another backend where the user left the choice open, an end where not. Which backend and
 * which tiles never shows in results. Used by one thread.
 */
final class TileEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TileEngine.class);

  /** What Spark calls the executor that lives in the driver's process. */
  private static final String DRIVER = "driver";

  private final ExecutorRuntime runtime;
  private final Set<String> full = new HashSet<>();

  /** What was used of devices by the loans that are closed, and not taken yet. */
  private DeviceCounts used = DeviceCounts.NONE;

  /** Where tiles run; null if there is only a given simulator. */
  private DevicePlace place;

  /**
   * The simulator of a place that is no device, kept from tile to tile. What lies on a device is
   * shared: as many simulators as may compute there at once, not one for every task.
   */
  private ExecutorRuntime.Loan kept;

  private Simulator given;
  private int tileSize;
  private boolean fellBack;

  private TileEngine(ExecutorRuntime runtime, int tileSize) {
    this.runtime = runtime;
    this.tileSize = tileSize;
  }

  /**
   * The engine of a task in this executor.
   *
   * @param lost how many attempts of the task may have been lost: from the second on, each makes
   *     its tiles half as large, for what ended it may have been that they did not fit in memory
   */
  static TileEngine of(ExecutorRuntime runtime, TaskSpec spec, int lost) {
    TileEngine engine = new TileEngine(runtime, 1);
    engine.place = runtime.place();
    engine.size(spec);
    int size = smaller(engine.tileSize, lost);
    if (size < engine.tileSize) {
      LOG.warn(
          "{} attempts of a task were lost, perhaps for want of memory; going on with tiles of {} samples",
          lost,
          size);
      engine.tileSize = size;
    }
    return engine;
  }

  /** Tiles of a task of which so many attempts were lost. */
  static int smaller(int size, int lost) {
    return Math.max(1, size >> Math.max(0, Math.min(lost, Integer.SIZE) - 1));
  }

  /** Asks the device what it has room for, which may be the first that is heard of it. */
  private void size(TaskSpec spec) {
    try {
      tileSize = runtime.tileSize(spec, place);
      return;
    } catch (DeviceLostException e) {
      replace(e);
    } catch (DeviceMemoryException e) {
      makeRoom(e, 1);
    }
    tileSize = runtime.tileSize(spec, place);
  }

  /** An engine that knows no other simulator. */
  static TileEngine of(Simulator simulator, int tileSize) {
    TileEngine engine = new TileEngine(null, tileSize);
    engine.given = simulator;
    return engine;
  }

  /** The right to compute a tile, and what with. */
  interface Turn extends AutoCloseable {
    Simulator simulator();

    /** The tile is computed, so what it used of a device counts. */
    void count();

    @Override
    void close();
  }

  private record Given(Simulator simulator) implements Turn {
    @Override
    public void count() {
      // It is no device.
    }

    @Override
    public void close() {
      // It stays for the next tile.
    }
  }

  /** A turn on a device. */
  private final class OnDevice implements Turn {
    private final DevicePlace.Permit permit;
    private final ExecutorRuntime.Loan loan;

    OnDevice(String network, Runnable requireWanted) {
      permit = place.enter(requireWanted);
      try {
        loan = runtime.simulator(network, place);
      } catch (RuntimeException | Error e) {
        permit.close();
        throw e;
      }
    }

    @Override
    public Simulator simulator() {
      return loan.get();
    }

    @Override
    public void count() {
      DeviceUse use = loan.use();
      used =
          used.plus(
              DeviceCounts.of(
                  loan.place().text(),
                  use.launches(),
                  use.fillSum(),
                  use.kernelNanos(),
                  use.bytesIn(),
                  use.bytesOut()));
    }

    @Override
    public void close() {
      try (permit) {
        loan.close();
      }
    }
  }

  /**
   * Waits for the right to have a tile where the next one runs.
   *
   * @param network what trials call the network that it shall run
   * @param requireWanted throws when the work is wanted no longer
   */
  Turn enter(String network, Runnable requireWanted) {
    if (given != null) {
      return new Given(given);
    }
    if (place.isDevice()) {
      return new OnDevice(network, requireWanted);
    }
    if (kept == null || !kept.network().equals(network)) {
      close();
      kept = runtime.simulator(network, place);
    }
    return new Given(kept.get());
  }

  /** What computed tiles have used of devices since this was asked last. */
  DeviceCounts takeUsed() {
    DeviceCounts taken = used;
    used = DeviceCounts.NONE;
    return taken;
  }

  /** The name of the backend that the next tile runs on. */
  String backend() {
    return place == null ? "given" : place.backend();
  }

  /** Whether a device has failed and another backend has taken over. */
  boolean fellBack() {
    return fellBack;
  }

  /** Samples of the next tile, at most. */
  int tileSize() {
    return tileSize;
  }

  /**
   * Makes room after a tile did not fit: half as many samples, and if it was only one, another
   * backend.
   *
   * @throws DeviceMemoryException if nothing is left to try
   */
  void makeRoom(DeviceMemoryException why, int samples) {
    if (runtime != null) {
      // What waits there for the next tile is of the size that did not fit.
      runtime.letIdleGo(place);
    }
    if (samples > 1) {
      tileSize = samples / 2;
      LOG.warn("{}; going on with tiles of {} samples", why.getMessage(), tileSize);
      return;
    }
    if (runtime == null || !runtime.mayFallBack()) {
      LOG.error("Not even one sample fits: {}", why.getMessage());
      throw why;
    }
    full.add(why.backend());
    goOnElsewhere();
    LOG.warn("{}; not even one sample fits, going on with backend {}", why.getMessage(), backend());
  }

  /**
   * Gives a lost device up.
   *
   * @throws DeviceLostException if no other backend may take over
   * @throws LostDeviceError if so, and this process is an executor that can be replaced
   */
  void replace(DeviceLostException why) {
    if (runtime == null) {
      throw why;
    }
    runtime.lose(why);
    if (!runtime.mayFallBack()) {
      SparkEnv spark = SparkEnv.get();
      if (spark != null && !spark.executorId().equals(DRIVER)) {
        throw new LostDeviceError(why);
      }
      throw why;
    }
    goOnElsewhere();
  }

  private void goOnElsewhere() {
    close();
    place = runtime.placeWithout(full);
    fellBack = true;
  }

  @Override
  public void close() {
    if (kept != null) {
      kept.close();
      kept = null;
    }
  }
}
