package org.velella.network.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.module.Operation;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Puts batch norms into the convolution or linear layer before them: {@code W' = scale W} and
 * {@code b' = scale b + shift} per output channel, computed in float64 and rounded once.
 *
 * <p>The result is another network: it has other weights, another digest, and sums that are rounded
 * otherwise. What the engine itself folds or fuses is none of this and never shows.
 */
public final class BatchNormFolding {
  private final Network network;
  private final Map<String, Operation> folded = new LinkedHashMap<>();
  private final Map<String, String> gone = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  private BatchNormFolding(Network network) {
    this.network = network;
  }

  /**
   * A network without the batch norms that could be folded.
   *
   * @param notes which batch norms went where, and which stayed and why
   */
  public record Folded(Network network, List<String> notes) {
    public Folded {
      notes = List.copyOf(notes);
    }
  }

  /**
   * Folds what can be folded: each batch norm whose only source is a layer that feeds nothing else.
   *
   * @throws IllegalArgumentException if a folded weight is not finite in float32
   */
  public static Folded fold(Network network) {
    return new BatchNormFolding(network).run();
  }

  private Folded run() {
    for (Node node : network.nodes()) {
      if (node.operation() instanceof BatchNormOperation norm) {
        String obstacle = obstacle(node);
        if (obstacle == null) {
          Node layer = network.node(network.sources(node.name()).get(0));
          folded.put(layer.name(), fold(layer.operation(), norm));
          gone.put(node.name(), layer.name());
          notes.add("batch norm " + node.path() + " is folded into " + layer.path());
        } else {
          notes.add("batch norm " + node.path() + " stays: " + obstacle);
        }
      }
    }
    return new Folded(gone.isEmpty() ? network : rebuilt(), notes);
  }

  /** Why a batch norm cannot be folded, or null. */
  private String obstacle(Node node) {
    List<String> sources = network.sources(node.name());
    if (sources.size() != 1) {
      return "it has " + sources.size() + " sources";
    }
    Node layer = network.node(sources.get(0));
    boolean linear = layer.operation() instanceof LinearOperation;
    if (!linear && !(layer.operation() instanceof ConvOperation)) {
      return "before it is " + layer.path() + ", which has no weights to fold into";
    }
    if (linear && network.outputShape(layer.name()).rank() != 1) {
      return "its channels are not the outputs of " + layer.path();
    }
    if (network.edges().stream().filter(edge -> edge.source().equals(layer.name())).count() > 1) {
      return layer.path() + " feeds other nodes, too";
    }
    if (network.components().stream().anyMatch(part -> part.size() > 1 && part.contains(node))) {
      return "it is part of a cycle";
    }
    return null;
  }

  private static Operation fold(Operation layer, BatchNormOperation norm) {
    double[] scale = norm.scale();
    double[] shift = norm.shift();
    if (layer instanceof LinearOperation linear) {
      return new LinearOperation(weight(linear.weight(), scale), bias(linear.bias(), scale, shift));
    }
    ConvOperation conv = (ConvOperation) layer;
    return new ConvOperation(
        conv.spatial(),
        weight(conv.weight(), scale),
        bias(conv.bias(), scale, shift),
        conv.stride(),
        conv.padding(),
        conv.paddingEnd(),
        conv.dilation(),
        conv.groups());
  }

  private static Tensor weight(Tensor weight, double[] scale) {
    float[] values = weight.toFloats();
    int perChannel = weight.shape().dropFirst(1).size();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * scale[i / perChannel]);
    }
    return Tensor.of(weight.shape(), values);
  }

  private static Tensor bias(Tensor bias, double[] scale, double[] shift) {
    float[] values = new float[scale.length];
    for (int c = 0; c < values.length; c++) {
      double own = bias == null ? 0 : bias.floats()[c];
      values[c] = (float) (own * scale[c] + shift[c]);
    }
    return Tensor.of(Shape.of(values.length), values);
  }

  private Network rebuilt() {
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    for (Node node : network.nodes()) {
      if (!gone.containsKey(node.name())) {
        builder.node(
            NodePath.split(node.path()), folded.getOrDefault(node.name(), node.operation()));
      }
    }
    for (Edge edge : network.edges()) {
      if (!gone.containsKey(edge.target())) {
        builder.edge(edge.between(gone.getOrDefault(edge.source(), edge.source()), edge.target()));
      }
    }
    return builder.build();
  }
}
