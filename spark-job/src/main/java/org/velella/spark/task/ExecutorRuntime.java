package org.velella.spark.task;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.backend.Backends;
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

  private final String key;
  private final Network network;
  private final RunIdentity identity;
  private final Backends.Choice backend;
  private final Probes probes;
  private final RunTrials trials;
  private final Deque<Simulator> idle = new ArrayDeque<>();

  private ExecutorRuntime(TaskSpec spec) {
    key = spec.runtimeKey();
    network = spec.network();
    identity = spec.identity(network);
    backend = Backends.load().select(spec.backend());
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

  /** The name of the backend that runs. */
  String backend() {
    return backend.backend().name();
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
      return new Loan(
          simulator != null
              ? simulator
              : new Simulator(network, backend.backend(), probes, SimulatorOptions.DEFAULT));
    }
  }

  /** A simulator on loan; closing gives it back for the next task. */
  final class Loan implements AutoCloseable {
    private final Simulator simulator;

    private Loan(Simulator simulator) {
      this.simulator = simulator;
    }

    Simulator get() {
      return simulator;
    }

    @Override
    public void close() {
      synchronized (ExecutorRuntime.class) {
        if (current == ExecutorRuntime.this) {
          idle.push(simulator);
        } else {
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
