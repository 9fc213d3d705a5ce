package org.velella.network;

import java.util.ArrayList;
import java.util.List;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.tensor.Shape;

/**
 * A whole network as one operation, for {@link org.velella.module.OperationExecutor} alone: it runs
 * with the engine's plan, so that a module tree and a run of the engine give the same bits.
 * Memories are those of {@link Network#memories()} under their paths.
 *
 * <p>Input and output are those of the network's only Input and Output node; several lie one after
 * the other in byte order of their names, as {@code [F]}.
 */
public record NetworkOperation(Network network) implements Operation {
  @Override
  public String kind() {
    return "network";
  }

  /** The per-sample shape of one step's input. */
  public Shape inputShape() {
    return joined(network.inputs());
  }

  /** The per-sample shape of one step's output. */
  public Shape outputShape() {
    return joined(network.outputs());
  }

  private Shape joined(List<Node> nodes) {
    return nodes.size() == 1
        ? network.outputShape(nodes.get(0).name())
        : Shape.of(nodes.stream().mapToInt(n -> network.outputShape(n.name()).size()).sum());
  }

  @Override
  public Shape outputShape(Shape input) {
    if (!input.equals(inputShape())) {
      throw new NetworkException(
          "The network takes input of shape %s per sample and step, found %s"
              .formatted(inputShape(), input));
    }
    return outputShape();
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    outputShape(input);
    List<MemorySpec> all = new ArrayList<>();
    network.memories().forEach((path, spec) -> all.add(spec.named(path)));
    return all;
  }

  @Override
  public boolean spikes() {
    return network.outputs().stream().allMatch(output -> network.spikes(output.name()));
  }
}
