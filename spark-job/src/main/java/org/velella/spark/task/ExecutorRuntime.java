package org.velella.spark.task;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.BackendUnavailableException;
import org.velella.backend.Backends;
import org.velella.backend.DeviceBackend;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceUse;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RunIdentity;
import org.velella.module.MemorySpec;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.provenance.NumericEnvironment;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;

/**
 * What the tasks of a run share in one executor: the decoded network, the chosen backend, and
 * simulators that one task after the other uses. Built once per executor and run.
 */
final class ExecutorRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorRuntime.class);
  private static final int MAX_TILE = 256;
  private static final long TILE_BYTES = 64L << 20;

  /** A device wants many samples at once. */
  private static final int MAX_DEVICE_TILE = 4096;

  private static final long DEVICE_TILE_BYTES = 1L << 30;

  /**
   * Of a step's values that a device holds at once: chunks are copied while others are computed.
   */
  private static final int DEVICE_STEPS = 48;

  /** Every chunk costs a launch of each kernel, whatever its length. */
  private static final SimulatorOptions DEVICE_OPTIONS = new SimulatorOptions(128L << 20, 256);

  /** Of one core's share of the heap, for one step of a tile; ranges and tables need the rest. */
  private static final double TILE_SHARE = 0.1;

  /** Simulators that wait at one place: one for each task at least, and some of other networks. */
  private static final int MOST_IDLE = 2 * Runtime.getRuntime().availableProcessors();

  /** Without a tile for so long, a process leaves the devices' memory to others. */
  private static final long IDLE_SECONDS = 60;

  private static final IdleTimer DEVICES_IN_USE =
      new IdleTimer(
          new ScheduledThreadPoolExecutor(
              1,
              run -> {
                Thread thread = new Thread(run, "velella-idle");
                thread.setDaemon(true);
                return thread;
              }),
          System::nanoTime,
          IDLE_SECONDS,
          ExecutorRuntime::freeDevices);

  /** Guarded by the class, as are the idle simulators. */
  private static ExecutorRuntime current;

  /** Backends whose device failed for good in this process, and why; guarded by the class. */
  private static final Map<String, String> LOST = new HashMap<>();

  private final String key;
  private final Network network;
  private final RunIdentity identity;
  private final boolean mayFallBack;

  /** Guarded by the class: changes when a device is lost. */
  private Backends.Choice backend;

  private final Probes probes;
  private final OutputMetrics metrics;
  private final RunTrials trials;

  /** By place; those that were used last come first. */
  private final Map<String, Deque<Engine>> idle = new HashMap<>();

  private final int permits;

  private ExecutorRuntime(TaskSpec spec) {
    key = spec.runtimeKey();
    network = spec.network();
    identity = spec.identity(network);
    permits = spec.gpuPermits();
    mayFallBack = spec.backend().equals(Backends.AUTO);
    requireNotLost(spec.backend());
    backend = Backends.load().without(LOST.keySet()).select(spec.backend());
    probes = Probes.parse(spec.record(), network);
    metrics = spec.metrics();
    trials = new RunTrials(spec, network);
    LOG.info("Backend {}: {}", backend.backend().name(), backend.reason());
  }

  /** The runtime of a run in this executor; that of the run before is let go. */
  static synchronized ExecutorRuntime of(TaskSpec spec) {
    if (current == null || !current.key.equals(spec.runtimeKey())) {
      if (current != null) {
        current.letIdleGo();
      }
      current = new ExecutorRuntime(spec);
    }
    return current;
  }

  private void letIdleGo() {
    idle.values().forEach(engines -> engines.forEach(engine -> engine.simulator().close()));
    idle.clear();
  }

  /** Frees what simulators keep on devices that no tile runs on now. */
  static synchronized void freeDevices() {
    if (current != null) {
      for (Iterator<Deque<Engine>> each = current.idle.values().iterator(); each.hasNext(); ) {
        Deque<Engine> engines = each.next();
        if (engines.stream().anyMatch(engine -> engine.backend() instanceof DeviceBackend)) {
          engines.forEach(engine -> engine.simulator().close());
          each.remove();
        }
      }
    }
  }

  /** Frees what simulators keep at one place that wait there for the next tile. */
  void letIdleGo(DevicePlace place) {
    synchronized (ExecutorRuntime.class) {
      Deque<Engine> engines = idle.remove(place.key());
      if (engines != null) {
        engines.forEach(engine -> engine.simulator().close());
      }
    }
  }

  private static void requireNotLost(String backend) {
    if (LOST.containsKey(backend)) {
      throw new BackendUnavailableException(
          backend,
          Availability.no(
              "this process has lost its device: " + LOST.get(backend),
              "Start the process again."));
    }
  }

  Network network() {
    return network;
  }

  RunIdentity identity() {
    return identity;
  }

  /** The trials of the run. */
  RunTrials trials() {
    return trials;
  }

  /** What a task checks tiles with. */
  SelfCheck selfCheck(TaskSpec spec, CheckpointStore store) {
    return new SelfCheck(spec.selfCheck(), store, probes, metrics);
  }

  /** The room for what tasks record. */
  ScratchRoom scratchRoom(TaskSpec spec) {
    return ScratchRoom.of(spec, network, probes);
  }

  /** Whether another backend may take over from one whose device fails. */
  boolean mayFallBack() {
    return mayFallBack;
  }

  /** Where the calling task's tiles run. */
  DevicePlace place() {
    synchronized (ExecutorRuntime.class) {
      return DevicePlace.of(backend.backend(), permits);
    }
  }

  /** The same on the best backend but some. */
  DevicePlace placeWithout(Set<String> backends) {
    synchronized (ExecutorRuntime.class) {
      Set<String> out = new HashSet<>(backends);
      out.addAll(LOST.keySet());
      return DevicePlace.of(Backends.load().without(out).select(Backends.AUTO).backend(), permits);
    }
  }

  /**
   * A simulator for the calling thread alone, until it closes the loan.
   *
   * @param name what trials call the network that it runs
   * @throws IllegalStateException if the thread does not compute floats as defined
   */
  Loan simulator(String name, DevicePlace place) {
    NumericEnvironment.requireConforming();
    synchronized (ExecutorRuntime.class) {
      Loan waiting = idle(name, place);
      if (waiting != null) {
        return waiting;
      }
    }
    // Without the lock, since it may have to be read.
    RunTrials.Variant variant = trials.variant(name);
    synchronized (ExecutorRuntime.class) {
      return loan(variant, place);
    }
  }

  /** A simulator that waits for the next tile, or null; called with the class's lock. */
  private Loan idle(String name, DevicePlace place) {
    Deque<Engine> engines = idle.getOrDefault(place.key(), new ArrayDeque<>());
    for (Iterator<Engine> each = engines.iterator(); each.hasNext(); ) {
      Engine engine = each.next();
      if (engine.name().equals(name)) {
        each.remove();
        return new Loan(engine, place);
      }
    }
    return null;
  }

  /** Called with the class's lock. */
  private Loan loan(RunTrials.Variant variant, DevicePlace place) {
    Backend there = place.open();
    SimulatorOptions options = place.isDevice() ? DEVICE_OPTIONS : SimulatorOptions.DEFAULT;
    Simulator simulator = new Simulator(variant.network(), there, probes, options, metrics);
    return new Loan(new Engine(variant.name(), simulator, there), place);
  }

  /** A simulator and what it computes with. */
  private record Engine(String name, Simulator simulator, Backend backend) {
    DeviceUse use() {
      return backend instanceof DeviceBackend device ? device.use() : DeviceUse.NONE;
    }
  }

  /** Gives up a device for the rest of this process. */
  void lose(DeviceLostException lost) {
    synchronized (ExecutorRuntime.class) {
      if (LOST.putIfAbsent(lost.backend(), lost.getMessage()) != null) {
        return;
      }
      // With a lost device nothing is left to free; other devices of the backend have what they
      // had.
      letIdleGo();
      LOG.error("{}; this process does not use it again", lost.getMessage());
      if (mayFallBack) {
        backend = Backends.load().without(LOST.keySet()).select(Backends.AUTO);
        LOG.warn("Backend {}: {}", backend.backend().name(), backend.reason());
      }
    }
  }

  /** A simulator on loan; closing gives it back for the next task. */
  final class Loan implements AutoCloseable {
    private final Engine engine;
    private final DevicePlace place;
    private final DeviceUse before;

    private Loan(Engine engine, DevicePlace place) {
      this.engine = engine;
      this.place = place;
      before = engine.use();
    }

    Simulator get() {
      return engine.simulator();
    }

    /** What trials call the network that it runs. */
    String network() {
      return engine.name();
    }

    /** Where it runs. */
    DevicePlace place() {
      return place;
    }

    /** What it has used of its device since it was lent. */
    DeviceUse use() {
      return engine.use().minus(before);
    }

    @Override
    public void close() {
      if (place.isDevice()) {
        DEVICES_IN_USE.touch();
      }
      synchronized (ExecutorRuntime.class) {
        String name = place.backend();
        boolean usual = name.equals(ExecutorRuntime.this.backend.backend().name());
        if (current == ExecutorRuntime.this && usual) {
          Deque<Engine> engines = idle.computeIfAbsent(place.key(), key -> new ArrayDeque<>());
          engines.push(engine);
          if (engines.size() > (place.isDevice() ? permits : MOST_IDLE)) {
            engines.removeLast().simulator().close();
          }
        } else {
          engine.simulator().close();
        }
      }
    }
  }

  /**
   * Samples of one kernel pass: many, because a pass reads every weight once for all of them; but
   * no more than memory has room for, on the heap and on the device.
   */
  int tileSize(TaskSpec spec, DevicePlace place) {
    if (spec.tileSize() > 0) {
      return spec.tileSize();
    }
    long floats = network.inputSize();
    for (Node node : network.nodes()) {
      floats += network.outputShape(node.name()).size();
    }
    for (MemorySpec memory : network.memories().values()) {
      floats += memory.shape().size();
    }
    Runtime jvm = Runtime.getRuntime();
    double share = TILE_SHARE * jvm.maxMemory() / jvm.availableProcessors();
    long perSample = floats * Float.BYTES;
    long most = MAX_TILE;
    long bytes = Math.min(TILE_BYTES, (long) share);
    if (place.isDevice()) {
      bytes = Math.min(DEVICE_TILE_BYTES, (long) share);
      most = Math.min(MAX_DEVICE_TILE, place.budget() / (perSample * DEVICE_STEPS));
    }
    return (int) Math.max(1, Math.min(most, bytes / perSample));
  }
}
