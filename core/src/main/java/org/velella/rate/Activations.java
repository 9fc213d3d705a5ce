package org.velella.rate;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.velella.backend.Backends;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.tensor.Tensor;

/** Runs a network without memories over calibration data, block by block, on the engine. */
final class Activations implements AutoCloseable {
  private static final int MOST_SAMPLES = 256;
  private static final long BLOCK_BYTES = 16L << 20;

  private final CalibrationData data;
  private final Simulator simulator;
  private final int block;

  /** Takes what a node computed for one sample. */
  interface Watcher {
    /** Values lie in {@code [offset, offset + length)}, row-major. */
    void take(String node, float[] values, int offset, int length);
  }

  /**
   * Watches some nodes.
   *
   * @param watched names of neurons that have a variable {@code h}
   */
  Activations(Network network, CalibrationData data, Set<String> watched) {
    this.data = data;
    Map<String, Set<String>> traces = new TreeMap<>();
    watched.forEach(node -> traces.put(node, Set.of("h")));
    simulator =
        new Simulator(
            network,
            Backends.load().select(Backends.AUTO).backend(),
            new Probes(Set.of(), traces),
            SimulatorOptions.DEFAULT);
    long perSample = network.inputSize();
    for (Node node : network.nodes()) {
      perSample += network.outputShape(node.name()).size();
    }
    long fits = BLOCK_BYTES / (Float.BYTES * perSample);
    block = (int) Math.max(1, Math.min(MOST_SAMPLES, fits));
  }

  /** One pass over all samples, in order. */
  void pass(Watcher watcher) {
    for (long from = 0; from < data.samples(); from += block) {
      int count = (int) Math.min(block, data.samples() - from);
      run(data.rows(from, count), count, watcher);
    }
  }

  @Override
  public void close() {
    simulator.close();
  }

  private void run(Tensor rows, int count, Watcher watcher) {
    TileInput input =
        (firstStep, steps, target) -> System.arraycopy(rows.floats(), 0, target, 0, rows.size());
    RecordSink sink =
        new RecordSink() {
          @Override
          public void spikes(String node, int sample, long step, int neuron, int number) {}

          @Override
          public void trace(
              String node,
              String variable,
              int sample,
              long step,
              float[] values,
              int offset,
              int length) {
            watcher.take(node, values, offset, length);
          }
        };
    simulator.run(
        simulator.initial(count, TileParameters.NONE), input, 1, TileParameters.NONE, sink);
  }
}
