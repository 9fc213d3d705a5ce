package org.velella.spark.task;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.SparkEnv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;
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
  private final DeviceUses uses = new DeviceUses();
  private ExecutorRuntime.Loan loan;
  private Simulator simulator;

  /** What trials call the network that the simulator runs. */
  private String network = RunTrials.OWN;

  private String backend;
  private int tileSize;
  private boolean fellBack;

  private TileEngine(ExecutorRuntime runtime, int tileSize) {
    this.runtime = runtime;
    this.tileSize = tileSize;
  }

  /** The engine of a task in this executor. */
  static TileEngine of(ExecutorRuntime runtime, TaskSpec spec) {
    TileEngine engine = new TileEngine(runtime, 1);
    engine.take(runtime.simulator(RunTrials.OWN));
    try {
      engine.size(spec);
      return engine;
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  /** Asks the device what it has room for, which may be the first that is heard of it. */
  private void size(TaskSpec spec) {
    try {
      tileSize = runtime.tileSize(spec, loan.place());
      return;
    } catch (DeviceLostException e) {
      replace(e);
    } catch (DeviceMemoryException e) {
      makeRoom(e, 1);
    }
    tileSize = runtime.tileSize(spec, loan.place());
  }

  /** An engine that knows no other simulator. */
  static TileEngine of(Simulator simulator, int tileSize) {
    TileEngine engine = new TileEngine(null, tileSize);
    engine.simulator = simulator;
    engine.backend = "given";
    return engine;
  }

  private void take(ExecutorRuntime.Loan taken) {
    loan = taken;
    simulator = taken.get();
    backend = taken.place().backend();
  }

  private void giveBack() {
    if (loan.place().isDevice()) {
      uses.add(loan.place().text(), loan.use());
    }
    loan.close();
  }

  /**
   * Waits for the right to have a tile where the next one runs.
   *
   * @param requireWanted throws when the work is wanted no longer
   */
  DevicePlace.Permit enter(Runnable requireWanted) {
    return loan == null ? () -> {} : loan.place().enter(requireWanted);
  }

  /** What was used of devices by the loans that are closed. */
  DeviceUses uses() {
    return uses;
  }

  /**
   * What the next tile runs on.
   *
   * @param name what trials call the network that it shall run
   */
  Simulator simulator(String name) {
    if (!name.equals(network)) {
      // On the same place, whatever has become of devices meanwhile.
      ExecutorRuntime.Loan other = runtime.simulator(name, loan.place());
      giveBack();
      take(other);
      network = name;
    }
    return simulator;
  }

  /** The name of the backend that the next tile runs on. */
  String backend() {
    return backend;
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
    giveBack();
    take(runtime.simulatorWithout(full, network));
    fellBack = true;
    LOG.warn("{}; not even one sample fits, going on with backend {}", why.getMessage(), backend);
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
    giveBack();
    take(runtime.simulatorWithout(full, network));
    fellBack = true;
  }

  @Override
  public void close() {
    if (loan != null) {
      giveBack();
    }
  }
}
