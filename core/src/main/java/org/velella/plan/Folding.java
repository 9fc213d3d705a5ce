package org.velella.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.module.Operation;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Batch normalisations that become part of the weights before them: {@code w' = w * scale}, {@code
 * b' = (b - mean) * scale + beta}, in float64 and rounded once.
 *
 * <p>Folding changes the last bits, so the network alone decides it, never what is recorded or how
 * large a tile is: a Conv, or a Linear with one output axis, whose only edge leads to a BatchNorm,
 * which has no other source, both outside of cycles, and whose folded weights are finite.
 */
final class Folding {
  /** A folded operation and the node whose weights went into it. */
  record Folded(Node source, Operation operation) {}

  private final Map<String, Folded> byNorm = new HashMap<>();
  private final Set<String> sources = new HashSet<>();

  private Folding() {}

  static Folding of(Network network) {
    Folding folding = new Folding();
    Map<String, Integer> targets = new HashMap<>();
    network.edges().forEach(edge -> targets.merge(edge.source(), 1, Integer::sum));
    Set<String> cyclic = new HashSet<>();
    network.delayed().forEach(edge -> cyclic.addAll(List.of(edge.source(), edge.target())));
    for (List<Node> component : network.components()) {
      if (component.size() > 1) {
        component.forEach(node -> cyclic.add(node.name()));
      }
    }
    for (Node norm : network.nodes()) {
      List<String> sources = network.sources(norm.name());
      if (norm.operation() instanceof BatchNormOperation operation
          && sources.size() == 1
          && targets.get(sources.get(0)) == 1
          && !cyclic.contains(norm.name())
          && !cyclic.contains(sources.get(0))) {
        folding.consider(network, network.node(sources.get(0)), norm, operation);
      }
    }
    return folding;
  }

  private void consider(Network network, Node source, Node norm, BatchNormOperation operation) {
    // BatchNorm's channels are the first axis, Linear's outputs the last.
    boolean sameAxis =
        !(source.operation() instanceof LinearOperation)
            || network.outputShape(source.name()).rank() == 1;
    Operation folded = sameAxis ? fold(source.operation(), operation) : null;
    if (folded != null) {
      byNorm.put(norm.name(), new Folded(source, folded));
      sources.add(source.name());
    }
  }

  /** What takes the place of a batch normalisation, or null if it stays. */
  Folded at(String norm) {
    return byNorm.get(norm);
  }

  /** Whether a node's weights moved into the batch normalisation behind it. */
  boolean movesOn(String node) {
    return sources.contains(node);
  }

  /** The folded operation, or null if there is none or its weights are not finite. */
  private static Operation fold(Operation operation, BatchNormOperation norm) {
    if (operation instanceof ConvOperation conv) {
      Tensor weight = weight(conv.weight(), norm);
      Tensor bias = bias(conv.bias(), norm);
      return finite(weight, bias)
          ? new ConvOperation(
              conv.spatial(),
              weight,
              bias,
              conv.stride(),
              conv.padding(),
              conv.paddingEnd(),
              conv.dilation(),
              conv.groups())
          : null;
    }
    if (operation instanceof LinearOperation linear) {
      Tensor weight = weight(linear.weight(), norm);
      Tensor bias = bias(linear.bias(), norm);
      return finite(weight, bias) ? new LinearOperation(weight, bias) : null;
    }
    return null;
  }

  private static Tensor weight(Tensor weight, BatchNormOperation norm) {
    double[] scale = norm.scale();
    float[] folded = new float[weight.size()];
    int perOutput = folded.length / scale.length;
    for (int i = 0; i < folded.length; i++) {
      folded[i] = (float) (weight.floats()[i] * scale[i / perOutput]);
    }
    return Tensor.of(weight.shape(), folded);
  }

  private static Tensor bias(Tensor bias, BatchNormOperation norm) {
    double[] scale = norm.scale();
    float[] folded = new float[scale.length];
    for (int c = 0; c < folded.length; c++) {
      double own = bias == null ? 0.0 : bias.floats()[c];
      folded[c] = (float) ((own - norm.mean().floats()[c]) * scale[c] + norm.beta().floats()[c]);
    }
    return Tensor.of(Shape.of(folded.length), folded);
  }

  private static boolean finite(Tensor... tensors) {
    for (Tensor tensor : tensors) {
      for (float value : tensor.floats()) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }
}
