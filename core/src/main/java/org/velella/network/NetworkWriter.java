package org.velella.network;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.LatencyOperation;
import org.velella.encoding.PeriodicOperation;
import org.velella.encoding.PoissonCountOperation;
import org.velella.encoding.WeightedPhaseOperation;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.HostOperation;
import org.velella.module.Operation;
import org.velella.neuron.MaskedPsnOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.PsnOperation;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A network as canonical JSON text and tensors: what both {@link NetworkCodec} and {@link
 * NetworkDigest} are made from. Nodes are in execution order, edges and names in byte order,
 * numbers that are not whole are hexadecimal.
 */
final class NetworkWriter {
  private static final List<String> USUAL_INPUT = List.of("x");

  private final Network network;
  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final List<String> models = new ArrayList<>();
  private final String json;

  NetworkWriter(Network network) {
    this.network = network;
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    json = text.toString();
  }

  /** Graph, kinds, sizes and equations, without any weight or parameter value. */
  String json() {
    return json;
  }

  /** Whether some neurons have other inputs than {@code x}, which older versions cannot read. */
  boolean namesInputs() {
    return network.nodes().stream()
        .anyMatch(
            node ->
                node.operation() instanceof NeuronOperation neurons
                    && !neurons.model().inputs().equals(USUAL_INPUT));
  }

  /** Weights of layers by path, such as {@code fc.weight}, in execution order. */
  Map<String, Tensor> weights() {
    return weights;
  }

  /** Neuron parameters by path, such as {@code lif.tau}, in execution order, in float64. */
  Map<String, Tensor> parameters() {
    return parameters;
  }

  private void write(JsonGenerator out) throws IOException {
    for (Node node : network.nodes()) {
      if (node.operation() instanceof NeuronOperation neurons
          && !models.contains(neurons.model().text())) {
        models.add(neurons.model().text());
      }
    }
    out.writeStartObject();
    out.writeStringField("first_step", network.firstStep().name());
    out.writeArrayFieldStart("models");
    for (String model : models) {
      out.writeString(model);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("nodes");
    for (Node node : network.nodes()) {
      out.writeStartObject();
      out.writeStringField("path", node.path());
      write(out, node, node.operation());
      out.writeEndObject();
    }
    out.writeEndArray();
    writeEdges(out);
    out.writeEndObject();
  }

  private void writeEdges(JsonGenerator out) throws IOException {
    List<Edge> edges = new ArrayList<>(network.edges());
    edges.sort(
        Comparator.comparing(Edge::source, Network.BYTE_ORDER)
            .thenComparing(Edge::target, Network.BYTE_ORDER)
            .thenComparing(Edge::input, Network.BYTE_ORDER));
    out.writeArrayFieldStart("edges");
    for (Edge edge : edges) {
      out.writeStartArray();
      out.writeString(network.node(edge.source()).path());
      out.writeString(network.node(edge.target()).path());
      if (!edge.input().isEmpty()) {
        out.writeString(edge.input());
      }
      out.writeEndArray();
    }
    out.writeEndArray();
  }

  private void write(JsonGenerator out, Node node, Operation operation) throws IOException {
    if (operation instanceof InputOperation input) {
      out.writeStringField("op", "input");
      write(out, "shape", input.shape());
    } else if (operation instanceof OutputOperation) {
      out.writeStringField("op", "output");
    } else if (operation instanceof LinearOperation linear) {
      out.writeStringField("op", "linear");
      tensor(out, node, "weight", linear.weight());
      tensor(out, node, "bias", linear.bias());
    } else if (operation instanceof ConvOperation conv) {
      write(out, node, conv);
    } else if (operation instanceof PoolOperation pool) {
      out.writeStringField("op", "pool");
      out.writeStringField("mode", pool.mode().name());
      write(out, "kernel", pool.kernel());
      write(out, "stride", pool.stride());
      write(out, "padding", pool.padding());
      out.writeStringField("divisor", pool.divisor().name());
    } else if (operation instanceof ScaleOperation scale) {
      out.writeStringField("op", "scale");
      tensor(out, node, "scale", scale.scale());
    } else if (operation instanceof BatchNormOperation norm) {
      out.writeStringField("op", "batch_norm");
      tensor(out, node, "gamma", norm.gamma());
      tensor(out, node, "beta", norm.beta());
      tensor(out, node, "mean", norm.mean());
      tensor(out, node, "variance", norm.variance());
      out.writeStringField("epsilon", Double.toHexString(norm.epsilon()));
    } else if (operation instanceof FlattenOperation flatten) {
      out.writeStringField("op", "flatten");
      out.writeNumberField("start", flatten.startDim());
      out.writeNumberField("end", flatten.endDim());
    } else if (operation instanceof SparseOperation sparse) {
      out.writeStringField("op", "sparse");
      write(out, node, sparse.source(), sparse.target(), sparse.connectivity());
      tensor(out, node, "weight", sparse.weight());
    } else if (operation instanceof DelayedSparseOperation delayed) {
      out.writeStringField("op", "delayed_sparse");
      write(out, node, delayed.source(), delayed.target(), delayed.connectivity());
      tensor(out, node, "weight", delayed.weight());
      tensor(out, node, "steps", delayed.steps());
    } else if (operation instanceof PlasticOperation plastic) {
      write(out, node, plastic);
    } else if (operation instanceof EqualWeightOperation equal) {
      out.writeStringField("op", "equal_weight");
      write(out, node, equal.source(), equal.target(), equal.connectivity());
      tensor(out, node, "weight", Tensor.of(Shape.SCALAR, new float[] {equal.weight()}));
    } else if (operation instanceof BernoulliOperation bernoulli) {
      out.writeStringField("op", "bernoulli");
      out.writeStringField("sampling", bernoulli.sampling().name());
      out.writeStringField("limit", Double.toHexString(bernoulli.limit()));
    } else if (operation instanceof PoissonCountOperation) {
      out.writeStringField("op", "poisson_count");
    } else if (operation instanceof LatencyOperation latency) {
      out.writeStringField("op", "latency");
      out.writeNumberField("steps", latency.steps());
      out.writeStringField("curve", latency.curve().name());
      writeCounting(out, latency);
    } else if (operation instanceof WeightedPhaseOperation phase) {
      out.writeStringField("op", "weighted_phase");
      out.writeNumberField("steps", phase.steps());
      writeCounting(out, phase);
    } else if (operation instanceof PeriodicOperation periodic) {
      out.writeStringField("op", "periodic");
      tensor(out, node, "pattern", periodic.pattern());
    } else if (operation instanceof DelayOperation delay) {
      out.writeStringField("op", "delay");
      tensor(out, node, "steps", delay.steps());
      if (delay.kept() > delay.longest()) {
        out.writeNumberField("kept", delay.kept());
      }
    } else if (operation instanceof NeuronOperation neurons) {
      write(out, node, neurons);
    } else if (operation instanceof PsnOperation psn) {
      out.writeStringField("op", "psn");
      tensor(out, node, "weight", psn.weight());
      tensor(out, node, "bias", psn.bias());
    } else if (operation instanceof MaskedPsnOperation masked) {
      out.writeStringField("op", "masked_psn");
      out.writeNumberField("k", masked.k());
      tensor(out, node, "weight", masked.weight());
      tensor(out, node, "bias", masked.bias());
    } else if (operation instanceof HostOperation host) {
      write(out, host);
    } else {
      throw new NetworkException(
          "Node '%s': operations of type %s cannot be written to a network file"
              .formatted(node.name(), operation.getClass().getName()));
    }
  }

  private static void writeCounting(JsonGenerator out, CycleOperation cycle) throws IOException {
    if (cycle.counting() != CycleOperation.Counting.CYCLE) {
      out.writeStringField("counting", cycle.counting().name());
    }
  }

  private void write(
      JsonGenerator out, Node node, Shape source, Shape target, Connectivity connectivity)
      throws IOException {
    write(out, "source", source);
    write(out, "target", target);
    tensor(out, node, "offsets", connectivity.offsetTensor());
    tensor(out, node, "columns", connectivity.columnTensor());
  }

  private void write(JsonGenerator out, Node node, ConvOperation conv) throws IOException {
    out.writeStringField("op", "conv");
    out.writeNumberField("spatial", conv.spatial());
    tensor(out, node, "weight", conv.weight());
    tensor(out, node, "bias", conv.bias());
    write(out, "stride", conv.stride());
    write(out, "padding", conv.padding());
    write(out, "padding_end", conv.paddingEnd());
    write(out, "dilation", conv.dilation());
    out.writeNumberField("groups", conv.groups());
  }

  private void write(JsonGenerator out, Node node, PlasticOperation plastic) throws IOException {
    out.writeStringField("op", "plastic");
    write(out, "source", plastic.source());
    write(out, "target", plastic.target());
    if (plastic.connectivity() != null) {
      tensor(out, node, "offsets", plastic.connectivity().offsetTensor());
      tensor(out, node, "columns", plastic.connectivity().columnTensor());
    }
    if (plastic.window() != null) {
      write(out, "stride", plastic.window().stride());
      write(out, "padding", plastic.window().padding());
    }
    tensor(out, node, "weight", plastic.weight());
    out.writeStringField("rule", plastic.rule().kind());
    out.writeObjectFieldStart("numbers");
    for (Map.Entry<String, Float> number : plastic.rule().numbers().entrySet()) {
      out.writeStringField(number.getKey(), Float.toHexString(number.getValue()));
    }
    out.writeEndObject();
  }

  private void write(JsonGenerator out, Node node, NeuronOperation neurons) throws IOException {
    out.writeStringField("op", "neuron");
    out.writeNumberField("model", models.indexOf(neurons.model().text()));
    out.writeObjectFieldStart("parameters");
    for (String name : neurons.model().parameters()) {
      ParameterValue value = neurons.parameter(name);
      parameters.put(node.path() + "." + name, Tensor.of(value.shape(), value.values()));
      write(out, name, value.shape());
    }
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, HostOperation host) throws IOException {
    out.writeStringField("op", "host");
    out.writeStringField("class", host.className());
    out.writeObjectFieldStart("arguments");
    for (Map.Entry<String, String> argument : new TreeMap<>(host.arguments()).entrySet()) {
      out.writeStringField(argument.getKey(), argument.getValue());
    }
    out.writeEndObject();
  }

  /** Notes a tensor's shape, and keeps its values for the file; nothing for a missing bias. */
  private void tensor(JsonGenerator out, Node node, String name, Tensor tensor) throws IOException {
    if (tensor != null) {
      weights.put(node.path() + "." + name, tensor);
      write(out, name, tensor.shape());
    }
  }

  private static void write(JsonGenerator out, String name, Shape shape) throws IOException {
    out.writeArrayFieldStart(name);
    for (int dim : shape.toArray()) {
      out.writeNumber(dim);
    }
    out.writeEndArray();
  }
}
