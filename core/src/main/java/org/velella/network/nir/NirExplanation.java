package org.velella.network.nir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.network.Edge;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkException;
import org.velella.network.Node;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.synapse.DelayOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * What a NIR file will compute under a convention, with the file's numbers, and what it would
 * compute under each preset. Presets that make the same steps of a node stand together.
 */
public final class NirExplanation {
  private static final String ASKED = "as asked";

  private final Map<String, Network> networks = new LinkedHashMap<>();
  private final Map<String, String> refusals = new LinkedHashMap<>();
  private final NirConvention convention;
  private final Network asked;

  private NirExplanation(NirGraph graph, NirConvention convention, double dt) {
    this.convention = convention;
    asked = NirReader.read(graph, convention, dt);
    Map<String, NirConvention> all = new LinkedHashMap<>();
    for (String preset : NirConvention.presetNames()) {
      if (NirConvention.named(preset).equals(convention)) {
        all.put(preset, convention);
      }
    }
    if (all.isEmpty()) {
      all.put(ASKED, convention);
    }
    NirConvention.presetNames()
        .forEach(preset -> all.putIfAbsent(preset, NirConvention.named(preset)));
    all.forEach(
        (name, each) -> {
          try {
            networks.put(name, NirReader.read(graph, each, dt));
          } catch (NirException | NetworkException e) {
            refusals.put(name, e.getMessage());
          }
        });
  }

  /**
   * The explanation of a file's bytes, as lines of text: nodes from input to output, then the edges
   * that deliver late, then the presets that refuse the file.
   *
   * @param file what messages call it
   * @param dt seconds per step
   * @throws NirException if the file cannot be read under the convention, or dt is not positive
   */
  public static List<String> lines(byte[] bytes, String file, NirConvention convention, double dt) {
    return lines(() -> NirFile.read(bytes, NirNotes.silent()), file, convention, dt);
  }

  /** As the other, of a file on this machine. */
  public static List<String> lines(Path path, String file, NirConvention convention, double dt) {
    return lines(() -> NirFile.read(path, NirNotes.silent()), file, convention, dt);
  }

  private static List<String> lines(
      Supplier<NirGraph> read, String file, NirConvention convention, double dt) {
    try {
      NirGraph graph = read.get();
      return new NirExplanation(graph, convention, dt).lines();
    } catch (NirException | NetworkException e) {
      throw new NirException("NIR file " + file + ": " + e.getMessage(), e);
    }
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Node node : asked.nodes()) {
      Operation operation = node.operation();
      if (operation instanceof NeuronOperation neurons) {
        Shape shape = asked.inputShape(node.name());
        String type = NirNeurons.type(neurons.model(), convention);
        lines.add("%s (%s) %s".formatted(node.path(), type, shape));
        compare(lines, network -> NirSteps.of(network, node.name()));
      } else if (!(operation instanceof InputOperation || operation instanceof OutputOperation)) {
        lines.add("%s (%s) %s".formatted(node.path(), operation.kind(), layer(operation)).strip());
      }
    }
    for (Edge edge : asked.delayed()) {
      lines.add("%s delivers one step late; at the first step".formatted(edge));
      compare(lines, network -> List.of(atFirst(network, edge)));
    }
    refusals.forEach((name, why) -> lines.add(name + " refuses the file: " + why));
    return lines;
  }

  private interface Steps {
    List<String> of(Network network);
  }

  private void compare(List<String> lines, Steps steps) {
    Map<List<String>, List<String>> names = new LinkedHashMap<>();
    networks.forEach(
        (name, network) ->
            names.computeIfAbsent(steps.of(network), key -> new ArrayList<>()).add(name));
    names.forEach(
        (same, presets) -> {
          lines.add("  " + String.join(", ", presets));
          same.forEach(line -> lines.add("    " + line));
        });
  }

  private static String atFirst(Network network, Edge edge) {
    Node source = network.node(edge.source());
    MemorySpec memory = network.memories().get(source.path() + ".previous");
    String values = NirSteps.range(memory.initial().toDoubles());
    return network.firstStep() == FirstStep.ZERO
        ? "nothing: zeros, and no bias"
        : "what %s gives while nothing has fired: %s".formatted(source.path(), values);
  }

  private static String layer(Operation operation) {
    if (operation instanceof LinearOperation linear) {
      return "y = W x%s, W %s"
          .formatted(linear.bias() == null ? "" : " + b", shape(linear.weight()));
    } else if (operation instanceof ConvOperation conv) {
      return "y = W * x%s, W %s, stride %s, padding %s to %s, dilation %s, groups %d"
          .formatted(
              conv.bias() == null ? "" : " + b",
              shape(conv.weight()),
              conv.stride(),
              conv.padding(),
              conv.paddingEnd(),
              conv.dilation(),
              conv.groups());
    } else if (operation instanceof PoolOperation pool) {
      return "over %s, stride %s, padding %s"
          .formatted(pool.kernel(), pool.stride(), pool.padding());
    } else if (operation instanceof ScaleOperation scale) {
      return "y = s x, s = " + NirSteps.range(scale.scale().toDoubles());
    } else if (operation instanceof DelayOperation delay) {
      return "y[t] = x[t - d], d = %s steps".formatted(NirSteps.range(delay.steps().toDoubles()));
    }
    return "";
  }

  private static String shape(Tensor tensor) {
    return tensor.shape().toString();
  }
}
