package org.velella.spark.task;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.BackendUnavailableException;
import org.velella.backend.Backends;
import org.velella.backend.DeviceLostException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RunIdentity;
import org.velella.module.MemorySpec;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.provenance.NumericEnvironment;
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

  /** Of one core's share of the heap, for one step of a tile; ranges and tables need the rest. */
  private static final double TILE_SHARE = 0.1;

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
  private final RunTrials trials;
  private final Deque<Simulator> idle = new ArrayDeque<>();

  private ExecutorRuntime(TaskSpec spec) {
    key = spec.runtimeKey();
    network = spec.network();
    identity = spec.identity(network);
    mayFallBack = spec.backend().equals(Backends.AUTO);
    requireNotLost(spec.backend());
    backend = Backends.load().without(LOST.keySet()).select(spec.backend());
    probes = Probes.parse(spec.record(), network);
    trials = new RunTrials(spec, network);
    LOG.info("Backend {}: {}", backend.backend().name(), backend.reason());
  }

  /** The runtime of a run in this executor; that of the run before is let go. */
  static synchronized ExecutorRuntime of(TaskSpec spec) {
    if (current == null || !current.key.equals(spec.runtimeKey())) {
      if (current != null) {
        current.idle.forEach(Simulator::close);
        current.idle.clear();
      }
      current = new ExecutorRuntime(spec);
    }
    return current;
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
    return new SelfCheck(spec.selfCheck(), store, network, probes);
  }

  /** Whether another backend may take over from one whose device fails. */
  boolean mayFallBack() {
    return mayFallBack;
  }

  /**
   * A simulator for the calling thread alone, until it closes the loan.
   *
   * @throws IllegalStateException if the thread does not compute floats as defined
   */
  Loan simulator() {
    NumericEnvironment.requireConforming();
    synchronized (ExecutorRuntime.class) {
      Simulator simulator = idle.poll();
      return simulator != null
          ? new Loan(simulator, backend.backend().name())
          : loan(backend.backend());
    }
  }

  /** A simulator on the best backend but some. */
  Loan simulatorWithout(Set<String> backends) {
    synchronized (ExecutorRuntime.class) {
      Set<String> out = new HashSet<>(backends);
      out.addAll(LOST.keySet());
      return loan(Backends.load().without(out).select(Backends.AUTO).backend());
    }
  }

  private Loan loan(Backend on) {
    return new Loan(new Simulator(network, on, probes, SimulatorOptions.DEFAULT), on.name());
  }

  /** Gives up a device for the rest of this process. */
  void lose(DeviceLostException lost) {
    synchronized (ExecutorRuntime.class) {
      if (LOST.putIfAbsent(lost.backend(), lost.getMessage()) != null) {
        return;
      }
      idle.clear();
      LOG.error("{}; this process does not use it again", lost.getMessage());
      if (mayFallBack) {
        backend = Backends.load().without(LOST.keySet()).select(Backends.AUTO);
        LOG.warn("Backend {}: {}", backend.backend().name(), backend.reason());
      }
    }
  }

  /** A simulator on loan; closing gives it back for the next task. */
  final class Loan implements AutoCloseable {
    private final Simulator simulator;
    private final String backend;

    private Loan(Simulator simulator, String backend) {
      this.simulator = simulator;
      this.backend = backend;
    }

    Simulator get() {
      return simulator;
    }

    /** The name of the backend that it runs on. */
    String backend() {
      return backend;
    }

    @Override
    public void close() {
      synchronized (ExecutorRuntime.class) {
        boolean usual = backend.equals(ExecutorRuntime.this.backend.backend().name());
        if (current == ExecutorRuntime.this && usual) {
          idle.push(simulator);
        } else if (!LOST.containsKey(backend)) {
          simulator.close();
        }
      }
    }
  }

  /**
   * Samples of one kernel pass: many, because a pass reads every weight once for all of them; but
   * no more than memory has room for.
   */
  int tileSize(TaskSpec spec) {
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
    long bytes = Math.min(TILE_BYTES, (long) share);
    return (int) Math.max(1, Math.min(MAX_TILE, bytes / (floats * Float.BYTES)));
  }
}
