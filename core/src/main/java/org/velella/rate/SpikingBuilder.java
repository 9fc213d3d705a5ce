package org.velella.rate;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.network.Network;
import org.velella.network.NetworkException;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Puts scales into the weights. Every node of the result computes what the one of the dense network
 * does, divided by its scale; where an edge leads between nodes of different scales and no weights
 * can take that in, a Scale node is added.
 */
final class SpikingBuilder {
  private final Network dense;
  private final Operation neurons;
  private final Map<String, LayerScale> targets = new LinkedHashMap<>();
  private final Map<String, Double> shifts = new HashMap<>();
  private final Set<String> valued = new HashSet<>();
  private final Map<String, LayerScale> scales = new HashMap<>();
  private final Network.Builder builder = Network.builder();
  private final Set<String> added = new HashSet<>();
  private List<String> notes;

  SpikingBuilder(Network dense, Operation neurons) {
    this.dense = dense;
    this.neurons = neurons;
  }

  /** Says the scales of a rectifier. */
  void rectifier(String name, double[] scale) {
    targets.put(name, new LayerScale(scale));
  }

  /** Says that an output has the values of the dense network. */
  void valued(String output) {
    valued.add(output);
  }

  /** Says which values a readout has; they are mapped to rates from 0 to 1. */
  void readout(String name, double smallest, double largest) {
    double shift = layerBefore(name) == null ? 0 : Math.min(0, smallest);
    double range = largest - shift;
    shifts.put(name, shift);
    targets.put(name, new LayerScale(new double[] {range > 0 ? range : 1}));
  }

  /** The scales of all neurons, by path. */
  Map<String, double[]> scales() {
    Map<String, double[]> byPath = new LinkedHashMap<>();
    targets.forEach((name, scale) -> byPath.put(dense.node(name).path(), scale.values().clone()));
    return byPath;
  }

  /** The linear layer or convolution that is a node's only source and feeds nothing else. */
  private Node layerBefore(String name) {
    List<String> from = dense.sources(name);
    if (from.size() != 1) {
      return null;
    }
    Node source = dense.node(from.get(0));
    boolean weights =
        source.operation() instanceof LinearOperation
            || source.operation() instanceof ConvOperation;
    return weights && onlyTarget(source.name()) != null ? source : null;
  }

  private String onlyTarget(String source) {
    List<String> to =
        dense.edges().stream()
            .filter(edge -> edge.source().equals(source))
            .map(edge -> edge.target())
            .toList();
    return to.size() == 1 ? to.get(0) : null;
  }

  /** The spiking network. */
  Network build(List<String> noted) {
    notes = noted;
    builder.firstStep(dense.firstStep());
    for (Node node : dense.nodes()) {
      Operation operation = node.operation();
      if (targets.containsKey(node.name())) {
        neurons(node);
      } else if (operation instanceof LinearOperation || operation instanceof ConvOperation) {
        layer(node);
      } else {
        passive(node);
      }
    }
    return builder.build();
  }

  private void add(Node node, Operation operation, LayerScale scale) {
    builder.node(NodePath.split(node.path()), operation);
    scales.put(node.name(), scale);
  }

  private void neurons(Node node) {
    LayerScale scale = targets.get(node.name());
    add(node, neurons, scale);
    for (String source : dense.sources(node.name())) {
      connect(source, node, scale);
    }
    if (shifts.containsKey(node.name())) {
      notes.add(
          layerBefore(node.name()) == null
              ? "readout " + node.path() + " is added; outputs below 0 do not spike"
              : "readout %s is added: its rate is (output - (%s)) / %s"
                  .formatted(node.path(), shifts.get(node.name()), scale.at(0)));
    }
  }

  private void layer(Node node) {
    LayerScale in = incoming(node);
    String target = onlyTarget(node.name());
    boolean absorbs = target != null && targets.containsKey(target);
    LayerScale out = absorbs ? targets.get(target) : LayerScale.ONE;
    double shift = absorbs ? shifts.getOrDefault(target, 0.0) : 0;
    add(node, scaled(node.operation(), in, out, shift), out);
  }

  private void passive(Node node) {
    Operation operation = node.operation();
    LayerScale out = dense.sources(node.name()).isEmpty() ? LayerScale.ONE : incoming(node);
    if (mixes(node)) {
      out = out.ofAll();
    } else if (operation instanceof FlattenOperation flatten) {
      out = out.repeated(joined(flatten, dense.inputShape(node.name())));
    }
    if (operation instanceof PoolOperation pool && pool.mode() == PoolOperation.Mode.MAXIMUM) {
      notes.add(
          "%s: the largest spike of a step is not the largest rate; an average pool is exact"
              .formatted(node.path()));
    }
    add(node, operation, out);
  }

  /** How many elements of the joined axis there are to one of the first axis. */
  private static int joined(FlattenOperation flatten, Shape input) {
    int start = flatten.startDim() < 0 ? flatten.startDim() + input.rank() : flatten.startDim();
    int end = flatten.endDim() < 0 ? flatten.endDim() + input.rank() : flatten.endDim();
    int count = 1;
    for (int axis = 1; start == 0 && axis <= end; axis++) {
      count *= input.dim(axis);
    }
    return count;
  }

  /** Connects a node's sources under one scale: their own if they share one that fits, else 1. */
  private LayerScale incoming(Node node) {
    List<String> from = dense.sources(node.name());
    LayerScale first = scales.get(from.get(0));
    boolean same = from.stream().allMatch(source -> scales.get(source).same(first));
    boolean fits = !valued.contains(node.name()) && (first.isUniform() || !mixes(node));
    LayerScale scale = same && fits ? first : LayerScale.ONE;
    for (String source : from) {
      connect(source, node, scale);
    }
    return scale;
  }

  /** Whether a node makes one value of several indices of the first axis, as no layer's scale. */
  private boolean mixes(Node node) {
    return node.operation() instanceof PoolOperation pool
        && pool.kernel().rank() == dense.inputShape(node.name()).rank();
  }

  private void connect(String source, Node target, LayerScale scale) {
    LayerScale from = scales.get(source);
    if (from.same(scale)) {
      builder.edge(source, target.name());
      return;
    }
    Shape features = dense.outputShape(source);
    float[] factors = from.over(scale);
    String name = RateConversion.freeName(source + "_to_" + target.name(), dense, added);
    added.add(name);
    builder.node(
        List.of(name),
        new ScaleOperation(Tensor.of(LayerScale.shape(factors.length, features), factors)));
    builder.edge(source, name).edge(name, target.name());
    notes.add("%s is added: it scales what %s sends".formatted(name, dense.node(source).path()));
  }

  private static Operation scaled(Operation layer, LayerScale in, LayerScale out, double shift) {
    if (layer instanceof LinearOperation linear) {
      return new LinearOperation(
          weight(linear.weight(), 1, in, out), bias(linear.bias(), linear.outputs(), out, shift));
    }
    ConvOperation conv = (ConvOperation) layer;
    int outputs = conv.weight().shape().dim(0);
    return new ConvOperation(
        conv.spatial(),
        weight(conv.weight(), conv.groups(), in, out),
        bias(conv.bias(), outputs, out, shift),
        conv.stride(),
        conv.padding(),
        conv.paddingEnd(),
        conv.dilation(),
        conv.groups());
  }

  private static Tensor weight(Tensor weight, int groups, LayerScale in, LayerScale out) {
    int outputs = weight.shape().dim(0);
    int inputs = weight.shape().dim(1);
    int kernel = weight.shape().dropFirst(2).size();
    float[] values = weight.toFloats();
    for (int o = 0; o < outputs; o++) {
      int firstInput = o / (outputs / groups) * inputs;
      for (int i = 0; i < inputs; i++) {
        for (int k = 0; k < kernel; k++) {
          int at = (o * inputs + i) * kernel + k;
          values[at] = (float) (values[at] * in.at(firstInput + i) / out.at(o));
        }
      }
    }
    return Tensor.of(weight.shape(), values);
  }

  private static Tensor bias(Tensor bias, int outputs, LayerScale out, double shift) {
    if (bias == null && shift == 0) {
      return null;
    }
    float[] values = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      double own = bias == null ? 0 : bias.floats()[o];
      values[o] = (float) ((own - shift) / out.at(o));
    }
    return Tensor.of(Shape.of(outputs), values);
  }

  /** Refuses a linear layer whose channels are not its features, where scales differ by channel. */
  static void requireVectors(Network network) {
    for (Node node : network.nodes()) {
      if (node.operation() instanceof LinearOperation
          && network.inputShape(node.name()).rank() != 1) {
        throw new NetworkException(
            "Linear layer '%s' works on the last axis of %s; scales by channel need vectors"
                .formatted(node.path(), network.inputShape(node.name())));
      }
    }
  }
}
