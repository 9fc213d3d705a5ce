package org.velella.spark;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;

/**
 * A small recurrent network as a NIR file: input, weights, LIF neurons that feed back on
 * themselves, weights, current-based LIF neurons, output. Its membranes and its feedback remember
 * long enough that a state which is restored wrongly shows in the spikes.
 */
public final class TestNetwork {
  public static final int INPUTS = 6;
  public static final int HIDDEN = 5;
  public static final int OUTPUTS = 3;

  private TestNetwork() {}

  /** Writes the network into a folder, always the same. */
  public static Path write(Path folder) {
    Path file = folder.resolve("network.nir");
    SplittableRandom random = new SplittableRandom(2024);
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putDataset("version", "0.2.0");
      WritableGroup graph = hdf.putGroup("node");
      graph.putDataset("type", "NIRGraph");
      graph.putDataset(
          "edges",
          new String[][] {
            {"input", "in"},
            {"in", "hidden"},
            {"hidden", "back"},
            {"back", "hidden"},
            {"hidden", "out"},
            {"out", "readout"},
            {"readout", "output"}
          });
      WritableGroup nodes = graph.putGroup("nodes");
      node(nodes, "input", "Input").putDataset("shape", new long[] {INPUTS});
      node(nodes, "output", "Output").putDataset("shape", new long[] {OUTPUTS});
      affine(node(nodes, "in", "Affine"), HIDDEN, INPUTS, 2.0, random);
      affine(node(nodes, "back", "Affine"), HIDDEN, HIDDEN, 0.6, random);
      affine(node(nodes, "out", "Affine"), OUTPUTS, HIDDEN, 3.0, random);
      neurons(node(nodes, "hidden", "LIF"), HIDDEN, "tau");
      neurons(node(nodes, "readout", "CubaLIF"), OUTPUTS, "tau_mem", "tau_syn", "w_in");
    }
    return file;
  }

  private static WritableGroup node(WritableGroup nodes, String name, String type) {
    WritableGroup node = nodes.putGroup(name);
    node.putDataset("type", type);
    return node;
  }

  private static void affine(
      WritableGroup node, int outputs, int inputs, double scale, SplittableRandom random) {
    float[][] weight = new float[outputs][inputs];
    float[] bias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        weight[o][i] = (float) (scale * (random.nextDouble() - 0.3));
      }
      bias[o] = (float) (0.01 * random.nextDouble());
    }
    node.putDataset("weight", weight);
    node.putDataset("bias", bias);
  }

  /** Time constants of some 20 steps of 0.1 ms. */
  private static void neurons(WritableGroup node, int count, String... timeConstants) {
    for (String name : timeConstants) {
      put(node, name, count, name.equals("w_in") ? 3f : 2e-3f);
    }
    put(node, "r", count, 8f);
    put(node, "v_leak", count, 0f);
    put(node, "v_threshold", count, 0.4f);
    put(node, "v_reset", count, 0f);
  }

  private static void put(WritableGroup node, String name, int count, float value) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = value * (1 + 0.05f * i);
    }
    node.putDataset(name, values);
  }

  /** Writes integrate-and-fire neurons {@code if}, each with an input and an output of its own. */
  public static Path writePopulation(Path file, int neurons) throws IOException {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(neurons)))
            .node(
                "if", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.SOFT), Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "if")
            .edge("if", "output")
            .build();
    return Files.write(file, NetworkCodec.toBytes(network));
  }
}
