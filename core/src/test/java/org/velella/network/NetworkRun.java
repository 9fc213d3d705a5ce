package org.velella.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;

/**
 * Runs a network for one sample on the backend that runs by default and keeps what was recorded.
 */
public final class NetworkRun implements RecordSink {
  private final List<float[]> trace = new ArrayList<>();
  private final List<Integer> spikeSteps = new ArrayList<>();
  private TileState end;

  /**
   * Records a variable and the spikes of one node.
   *
   * @param input {@code [T, F]}
   */
  public static NetworkRun of(Network network, float[][] input, String node, String variable) {
    Set<String> rasters = network.spikes(node) ? Set.of(node) : Set.of();
    Probes probes = new Probes(rasters, Map.of(node, Set.of(variable)));
    NetworkRun run = new NetworkRun();
    SimulatorOptions options = SimulatorOptions.DEFAULT;
    Backend backend = Backends.load().select(Backends.AUTO).backend();
    try (Simulator simulator = new Simulator(network, backend, probes, options)) {
      run.end =
          simulator.run(
              simulator.initial(1, TileParameters.NONE),
              (first, steps, target) -> {
                int size = network.inputSize();
                for (int t = 0; t < steps; t++) {
                  System.arraycopy(input[(int) first + t], 0, target, t * size, size);
                }
              },
              input.length,
              TileParameters.NONE,
              run);
    }
    return run;
  }

  @Override
  public void spikes(String node, int sample, long step, int neuron, int count) {
    for (int i = 0; i < count; i++) {
      spikeSteps.add((int) step);
    }
  }

  @Override
  public void trace(
      String node, String variable, int sample, long step, float[] values, int offset, int length) {
    trace.add(java.util.Arrays.copyOfRange(values, offset, offset + length));
  }

  /** The recorded variable, {@code [T, *]}. */
  public List<float[]> trace() {
    return trace;
  }

  /** The recorded variable of the first neuron. */
  public float[] firstNeuron() {
    float[] values = new float[trace.size()];
    for (int t = 0; t < values.length; t++) {
      values[t] = trace.get(t)[0];
    }
    return values;
  }

  /** The steps of all spikes, each as often as there were. */
  public List<Integer> spikeSteps() {
    return spikeSteps;
  }

  /** The state after the last step. */
  public TileState end() {
    return end;
  }
}
