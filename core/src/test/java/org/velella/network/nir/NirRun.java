package org.velella.network.nir;

import java.util.ArrayList;
import java.util.List;
import org.velella.module.MemorySpec;
import org.velella.module.OperationExecutor;
import org.velella.network.Network;
import org.velella.network.NetworkOperation;
import org.velella.simulate.EngineExecutor;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Runs a network for one sample from its start on the scalar backend. */
final class NirRun {
  private NirRun() {}

  /**
   * What all Output nodes give, one after the other, for every step.
   *
   * @param steps each step's input, all Input nodes one after the other
   */
  static float[][] outputs(Network network, float[]... steps) {
    Tensor output = run(network, steps).output();
    float[][] rows = new float[steps.length][];
    int width = output.size() / steps.length;
    for (int t = 0; t < rows.length; t++) {
      rows[t] = java.util.Arrays.copyOfRange(output.floats(), t * width, (t + 1) * width);
    }
    return rows;
  }

  /** A memory such as {@code lif.v} after the last step. */
  static float[] memory(Network network, String name, float[]... steps) {
    int at = List.copyOf(network.memories().keySet()).indexOf(name);
    return run(network, steps).memories().get(at).floats();
  }

  private static OperationExecutor.Result run(Network network, float[]... steps) {
    NetworkOperation whole = new NetworkOperation(network);
    Shape shape = whole.inputShape();
    float[] input = new float[steps.length * shape.size()];
    for (int t = 0; t < steps.length; t++) {
      System.arraycopy(steps[t], 0, input, t * shape.size(), shape.size());
    }
    List<Tensor> memories = new ArrayList<>();
    for (MemorySpec memory : network.memories().values()) {
      memories.add(memory.initial().reshape(memory.shape().prepend(1)));
    }
    OperationExecutor executor = new EngineExecutor().on("scalar");
    Shape sequence = shape.prepend(1).prepend(steps.length);
    return executor.run(whole, Tensor.of(sequence, input), memories);
  }

  /** The output of the first step. */
  static float[] output(Network network, float... input) {
    return outputs(network, input)[0];
  }
}
