package org.velella.network;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.LatencyOperation;
import org.velella.encoding.PeriodicOperation;
import org.velella.encoding.PoissonCountOperation;
import org.velella.encoding.Sampling;
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
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.PsnOperation;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.PlasticWindow;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Builds a network from what {@link NetworkWriter} wrote; trusts none of it. */
final class NetworkParser {
  static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(16).maxNumberLength(32).build())
              .build());

  private final Map<String, Tensor> tensors;
  private final boolean strict;
  private final Set<String> used = new HashSet<>();
  private final List<NeuronModel> models = new ArrayList<>();

  private NetworkParser(Map<String, Tensor> tensors, boolean strict) {
    this.tensors = tensors;
    this.strict = strict;
  }

  /**
   * The network.
   *
   * @param strict whether fields and tensors that nothing needs are refused, as they must be in a
   *     file of a version that this one knows
   */
  static Network parse(String json, Map<String, Tensor> tensors, boolean strict) {
    try {
      JsonNode root = JSON.readTree(json);
      return new NetworkParser(tensors, strict).network(new JsonFields("The network", root));
    } catch (JsonProcessingException e) {
      throw new NetworkException("The network's JSON cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  private Network network(JsonFields fields) {
    for (JsonNode text : fields.list("models")) {
      if (!text.isTextual()) {
        throw new NetworkException("A neuron model must be a string");
      }
      models.add(NeuronModel.parse(text.textValue()));
    }
    Network.Builder builder =
        Network.builder().firstStep(fields.constant("first_step", FirstStep.class));
    Map<String, String> names = new HashMap<>();
    for (JsonNode element : fields.list("nodes")) {
      JsonFields node = new JsonFields("A node", element);
      String path = node.text("path");
      List<String> segments = NodePath.split(path);
      names.put(path, String.join(".", segments));
      builder.node(segments, named(path, element));
    }
    for (JsonNode element : fields.list("edges")) {
      builder.edge(end(names, element, 0), end(names, element, 1), input(element));
    }
    finish(fields);
    for (String name : tensors.keySet()) {
      if (strict && !used.contains(name)) {
        throw new NetworkException("No node has a use for tensor '" + name + "'");
      }
    }
    return builder.build();
  }

  private void finish(JsonFields fields) {
    if (strict) {
      fields.requireAllRead();
    }
  }

  private static String end(Map<String, String> names, JsonNode edge, int which) {
    boolean known = edge.isArray() && (edge.size() == 2 || edge.size() == 3);
    if (!known || !edge.get(which).isTextual()) {
      throw new NetworkException(
          "An edge must be two node paths, and an input of the second one if it has several; found "
              + edge.toPrettyString());
    }
    String name = names.get(edge.get(which).textValue());
    if (name == null) {
      throw new NetworkException("Edge " + edge + " is dangling; nodes are " + names.keySet());
    }
    return name;
  }

  private static String input(JsonNode edge) {
    if (edge.size() == 2) {
      return "";
    }
    String name = edge.get(2).textValue();
    if (name == null || name.isEmpty()) {
      throw new NetworkException("The third part of edge " + edge + " must name an input");
    }
    return name;
  }

  /** The operation; what it refuses by itself is told with the node's name. */
  private Operation named(String path, JsonNode element) {
    try {
      return operation(path, element);
    } catch (NetworkException e) {
      throw e;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new NetworkException("Node '%s': %s".formatted(path, e.getMessage()), e);
    }
  }

  private Operation operation(String path, JsonNode element) {
    JsonFields fields = new JsonFields("Node '" + path + "'", element);
    fields.text("path");
    String op = fields.text("op");
    Operation operation =
        switch (op) {
          case "input" -> new InputOperation(fields.shape("shape"));
          case "output" -> new OutputOperation();
          case "linear" ->
              new LinearOperation(weight(fields, path, "weight"), weight(fields, path, "bias"));
          case "conv" -> conv(fields, path);
          case "pool" ->
              new PoolOperation(
                  fields.constant("mode", PoolOperation.Mode.class),
                  fields.shape("kernel"),
                  fields.shape("stride"),
                  fields.shape("padding"),
                  fields.constant("divisor", PoolOperation.Divisor.class));
          case "scale" -> new ScaleOperation(weight(fields, path, "scale"));
          case "batch_norm" ->
              new BatchNormOperation(
                  weight(fields, path, "gamma"),
                  weight(fields, path, "beta"),
                  weight(fields, path, "mean"),
                  weight(fields, path, "variance"),
                  fields.number("epsilon"));
          case "flatten" -> new FlattenOperation(fields.integer("start"), fields.integer("end"));
          case "sparse" -> {
            Shape target = fields.shape("target");
            yield new SparseOperation(
                fields.shape("source"),
                target,
                connectivity(fields, path, target),
                weight(fields, path, "weight"));
          }
          case "delayed_sparse" -> {
            Shape target = fields.shape("target");
            yield new DelayedSparseOperation(
                fields.shape("source"),
                target,
                connectivity(fields, path, target),
                weight(fields, path, "weight"),
                tensor(fields, path, "steps", DType.INT32));
          }
          case "plastic" -> plastic(fields, path);
          case "equal_weight" -> {
            Shape target = fields.shape("target");
            yield new EqualWeightOperation(
                fields.shape("source"),
                target,
                connectivity(fields, path, target),
                scalar(fields, path, "weight"));
          }
          case "bernoulli" ->
              new BernoulliOperation(
                  fields.constant("sampling", Sampling.class), (float) fields.number("limit"));
          case "poisson_count" -> new PoissonCountOperation();
          case "latency" ->
              new LatencyOperation(
                  fields.integer("steps"),
                  fields.constant("curve", LatencyOperation.Curve.class),
                  counting(fields));
          case "weighted_phase" ->
              new WeightedPhaseOperation(fields.integer("steps"), counting(fields));
          case "periodic" -> new PeriodicOperation(weight(fields, path, "pattern"));
          case "delay" -> {
            Tensor steps = tensor(fields, path, "steps", DType.INT32);
            yield fields.has("kept")
                ? new DelayOperation(steps, fields.integer("kept"))
                : new DelayOperation(steps);
          }
          case "neuron" -> neurons(fields, path);
          case "psn" ->
              new PsnOperation(
                  weight(fields, path, "weight"), tensor(fields, path, "bias", DType.FLOAT32));
          case "masked_psn" ->
              new MaskedPsnOperation(
                  fields.integer("k"),
                  weight(fields, path, "weight"),
                  tensor(fields, path, "bias", DType.FLOAT32));
          case "host" -> host(fields);
          default ->
              throw new NetworkException(
                  "Node '%s': operation '%s' is not known to this version".formatted(path, op));
        };
    finish(fields);
    return operation;
  }

  private Operation conv(JsonFields fields, String path) {
    return new ConvOperation(
        fields.integer("spatial"),
        weight(fields, path, "weight"),
        weight(fields, path, "bias"),
        fields.shape("stride"),
        fields.shape("padding"),
        fields.shape("padding_end"),
        fields.shape("dilation"),
        fields.integer("groups"));
  }

  private Connectivity connectivity(JsonFields fields, String path, Shape target) {
    int[] offsets = tensor(fields, path, "offsets", DType.INT32).ints();
    int[] columns = tensor(fields, path, "columns", DType.INT32).ints();
    if (offsets.length == 0) {
      throw new NetworkException("Node '" + path + "': its rows have no offsets");
    }
    return new Connectivity(target.size(), offsets, columns);
  }

  private Operation plastic(JsonFields fields, String path) {
    Shape target = fields.shape("target");
    JsonFields listed = fields.object("numbers");
    Map<String, Float> numbers = new LinkedHashMap<>();
    for (String name : listed.keys()) {
      numbers.put(name, (float) listed.number(name));
    }
    return new PlasticOperation(
        fields.shape("source"),
        target,
        fields.has("offsets") ? connectivity(fields, path, target) : null,
        fields.has("stride")
            ? new PlasticWindow(fields.shape("stride"), fields.shape("padding"))
            : null,
        weight(fields, path, "weight"),
        LearningRule.of(fields.text("rule"), numbers));
  }

  private float scalar(JsonFields fields, String path, String name) {
    Tensor tensor = tensor(fields, path, name, DType.FLOAT32);
    if (tensor.shape().rank() != 0) {
      throw new NetworkException("Node '" + path + "': '" + name + "' must be one number");
    }
    return tensor.floats()[0];
  }

  private static CycleOperation.Counting counting(JsonFields fields) {
    return fields.has("counting")
        ? fields.constant("counting", CycleOperation.Counting.class)
        : CycleOperation.Counting.CYCLE;
  }

  private Operation neurons(JsonFields fields, String path) {
    int index = fields.integer("model");
    if (index < 0 || index >= models.size()) {
      throw new NetworkException(
          "Node '%s' names model %d of %d".formatted(path, index, models.size()));
    }
    NeuronModel model = models.get(index);
    JsonFields listed = fields.object("parameters");
    if (!listed.keys().equals(model.parameters())) {
      throw new NetworkException(
          "Node '%s' has parameters %s, its model '%s' has %s"
              .formatted(path, listed.keys(), model.name(), model.parameters()));
    }
    Map<String, ParameterValue> values = new LinkedHashMap<>();
    for (String name : model.parameters()) {
      Tensor tensor = tensor(listed, path, name, DType.FLOAT64);
      values.put(name, ParameterValue.of(tensor.shape(), tensor.doubles()));
    }
    return new NeuronOperation(model, values);
  }

  private static Operation host(JsonFields fields) {
    JsonFields listed = fields.object("arguments");
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String name : listed.keys()) {
      arguments.put(name, listed.text(name));
    }
    return new HostOperation(fields.text("class"), arguments);
  }

  /** A weight tensor, or null if the node lists none of that name, as it may for a bias. */
  private Tensor weight(JsonFields fields, String path, String name) {
    return name.equals("bias") && !fields.has(name)
        ? null
        : tensor(fields, path, name, DType.FLOAT32);
  }

  private Tensor tensor(JsonFields fields, String path, String name, DType type) {
    Shape shape = fields.shape(name);
    String full = path + "." + name;
    Tensor tensor = tensors.get(full);
    if (tensor == null || tensor.dtype() != type || !tensor.shape().equals(shape)) {
      throw new NetworkException(
          "Tensor '%s' must be %s %s, found %s"
              .formatted(
                  full,
                  type,
                  shape,
                  tensor == null ? "none" : tensor.dtype() + " " + tensor.shape()));
    }
    used.add(full);
    return tensor;
  }
}
