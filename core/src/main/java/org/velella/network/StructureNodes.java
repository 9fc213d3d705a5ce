package org.velella.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.velella.encoding.LatencyOperation;
import org.velella.encoding.Sampling;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Makes the JSON that {@link NetworkParser} reads of what people write: fills in what may be left
 * out, and takes numbers that stand in the text for tensors. What it does not know it leaves for
 * the parser to refuse.
 */
final class StructureNodes {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final double USUAL_EPSILON = 1e-5;

  private final List<TensorPlace> places = new ArrayList<>();
  private final Map<String, Tensor> inline = new LinkedHashMap<>();
  private final List<NeuronModel> models = new ArrayList<>();
  private final List<Constant> constants = new ArrayList<>();
  private int listed;

  /**
   * A tensor of one value, as large as another one that comes from elsewhere: made only when that
   * one is there, so that a text cannot claim memory.
   */
  record Constant(String key, String like, float value) {
    /** The tensor, or null if what it depends on is missing, which others will report. */
    Tensor tensor(Map<String, Tensor> given) {
      Tensor model = given.get(like);
      if (model == null) {
        return null;
      }
      float[] values = new float[model.size()];
      Arrays.fill(values, value);
      return Tensor.of(model.shape(), values);
    }
  }

  /** Tensors of one value each. */
  List<Constant> constants() {
    return constants;
  }

  /** Tensors that must come from elsewhere. */
  List<TensorPlace> places() {
    return places;
  }

  /** Tensors whose values stand in the text. */
  Map<String, Tensor> inline() {
    return inline;
  }

  /** The canonical text. */
  String canonical(JsonFields fields) {
    if (fields.has("models")) {
      fields.list("models").forEach(text -> models.add(NeuronModel.parse(text.asText())));
    }
    listed = models.size();
    ArrayNode nodes = JSON.arrayNode();
    List<String> paths = new ArrayList<>();
    for (JsonNode element : fields.list("nodes")) {
      JsonFields node = new JsonFields("A node", element);
      String path = node.text("path");
      paths.add(path);
      ObjectNode canonical = (ObjectNode) element.deepCopy();
      complete(path, node.text("op"), canonical, new JsonFields("Node '" + path + "'", canonical));
      nodes.add(canonical);
    }
    ObjectNode root = JSON.objectNode();
    root.put("first_step", fields.has("first_step") ? fields.text("first_step") : "ZERO");
    ArrayNode texts = root.putArray("models");
    models.forEach(model -> texts.add(model.text()));
    root.set("nodes", nodes);
    ArrayNode edges = root.putArray("edges");
    if (fields.has("edges")) {
      fields.list("edges").forEach(edges::add);
    } else {
      for (int i = 1; i < paths.size(); i++) {
        edges.addArray().add(paths.get(i - 1)).add(paths.get(i));
      }
    }
    return root.toString();
  }

  private void complete(String path, String op, ObjectNode node, JsonFields fields) {
    switch (op) {
      case "linear" -> tensors(path, op, fields, "weight", "bias");
      case "conv" -> {
        conv(path, node, fields);
        tensors(path, op, fields, "weight", "bias");
      }
      case "psn", "masked_psn" -> tensors(path, op, fields, "weight", "bias");
      case "scale" -> tensors(path, op, fields, "scale");
      case "periodic" -> tensors(path, op, fields, "pattern");
      case "delay" -> place(path, op, "steps", DType.INT32, fields.shape("steps"));
      case "pool" -> pool(node, fields);
      case "batch_norm" -> batchNorm(path, node);
      case "flatten" -> {
        absent(node, "start", JSON.numberNode(0));
        absent(node, "end", JSON.numberNode(-1));
      }
      case "sparse", "equal_weight", "delayed_sparse" -> {
        place(path, op, "offsets", DType.INT32, fields.shape("offsets"));
        place(path, op, "columns", DType.INT32, fields.shape("columns"));
        tensors(path, op, fields, "weight");
        if (op.equals("delayed_sparse")) {
          place(path, op, "steps", DType.INT32, fields.shape("steps"));
        }
      }
      case "plastic" -> plastic(path, node, fields);
      case "neuron" -> neurons(path, node, fields);
      default -> encoder(op, node);
    }
  }

  /** What encoders do if nothing else is said; of all other nodes nothing may be left out. */
  private static void encoder(String op, ObjectNode node) {
    if (op.equals("bernoulli")) {
      absent(node, "sampling", JSON.textNode(Sampling.DENSE.name()));
      absent(node, "limit", JSON.numberNode(1));
    } else if (op.equals("latency")) {
      absent(node, "curve", JSON.textNode(LatencyOperation.Curve.LINEAR.name()));
    }
  }

  private void tensors(String path, String op, JsonFields fields, String... leaves) {
    for (String leaf : leaves) {
      if (!leaf.equals("bias") || fields.has(leaf)) {
        place(path, op, leaf, DType.FLOAT32, fields.shape(leaf));
      }
    }
  }

  private void place(String path, String op, String leaf, DType dtype, Shape shape) {
    places.add(new TensorPlace(path, op, leaf, dtype, shape));
  }

  private static void absent(ObjectNode node, String key, JsonNode value) {
    if (!node.has(key)) {
      node.set(key, value);
    }
  }

  private static ArrayNode repeated(int value, int axes) {
    ArrayNode list = JSON.arrayNode();
    for (int i = 0; i < axes; i++) {
      list.add(value);
    }
    return list;
  }

  /** One number stands for every spatial axis. */
  private static void perAxis(ObjectNode node, String key, int usual, int axes) {
    absent(node, key, repeated(usual, axes));
    if (node.get(key).isInt()) {
      node.set(key, repeated(node.get(key).intValue(), axes));
    }
  }

  private static void conv(String path, ObjectNode node, JsonFields fields) {
    int axes = Math.max(0, fields.shape("weight").rank() - 2);
    absent(node, "spatial", JSON.numberNode(axes));
    perAxis(node, "stride", 1, axes);
    perAxis(node, "dilation", 1, axes);
    if (node.has("padding") && node.get("padding").isTextual()) {
      namedPadding(path, node, fields, axes);
    }
    perAxis(node, "padding", 0, axes);
    absent(node, "padding_end", node.get("padding"));
    absent(node, "groups", JSON.numberNode(1));
  }

  /**
   * PyTorch's two names; where zeros do not come in pairs, {@code same} has one more at the end.
   */
  private static void namedPadding(String path, ObjectNode node, JsonFields fields, int axes) {
    String text = fields.text("padding");
    if (!text.equals("same") && !text.equals("valid") || node.has("padding_end")) {
      throw new NetworkException(
          "Node '%s': 'padding' is \"%s\"; it must be a number, one for each axis, or, without 'padding_end', \"same\" or \"valid\""
              .formatted(path, text));
    }
    ArrayNode start = repeated(0, axes);
    ArrayNode end = repeated(0, axes);
    if (text.equals("same")) {
      Shape weight = fields.shape("weight");
      Shape dilation = fields.shape("dilation");
      boolean moves = Arrays.stream(fields.shape("stride").toArray()).anyMatch(step -> step != 1);
      if (moves || dilation.rank() != axes) {
        throw new NetworkException(
            "Node '%s': 'padding' \"same\" needs a stride of 1 and one dilation for each axis; found strides %s, dilations %s"
                .formatted(path, node.get("stride"), node.get("dilation")));
      }
      for (int axis = 0; axis < axes; axis++) {
        int zeros = Math.multiplyExact(dilation.dim(axis), Math.max(0, weight.dim(axis + 2) - 1));
        start.set(axis, zeros / 2);
        end.set(axis, zeros - zeros / 2);
      }
    }
    node.set("padding", start);
    node.set("padding_end", end);
  }

  private static void pool(ObjectNode node, JsonFields fields) {
    int axes = fields.shape("kernel").rank();
    node.put("mode", fields.text("mode").toUpperCase(Locale.ROOT));
    absent(node, "stride", node.get("kernel"));
    perAxis(node, "stride", 1, axes);
    perAxis(node, "padding", 0, axes);
    absent(node, "divisor", JSON.textNode("WINDOW"));
  }

  private void batchNorm(String path, ObjectNode node) {
    JsonFields fields = new JsonFields("Node '" + path + "'", node);
    if (fields.has("channels")) {
      ArrayNode shape = JSON.arrayNode().add(fields.integer("channels"));
      node.remove("channels");
      for (String leaf : List.of("gamma", "beta", "mean", "variance")) {
        absent(node, leaf, shape);
      }
    }
    boolean affine = !node.has("affine") || fields.truth("affine");
    node.remove("affine");
    for (String leaf : List.of("gamma", "beta", "mean", "variance")) {
      Shape shape = fields.shape(leaf);
      if (affine || leaf.equals("mean") || leaf.equals("variance")) {
        place(path, "batch_norm", leaf, DType.FLOAT32, shape);
      } else {
        float value = leaf.equals("gamma") ? 1 : 0;
        constants.add(new Constant(path + "." + leaf, path + ".mean", value));
      }
    }
    absent(node, "epsilon", JSON.numberNode(USUAL_EPSILON));
  }

  /** What the rule has by itself may be left out. */
  private void plastic(String path, ObjectNode node, JsonFields fields) {
    if (fields.has("offsets")) {
      place(path, "plastic", "offsets", DType.INT32, fields.shape("offsets"));
      place(path, "plastic", "columns", DType.INT32, fields.shape("columns"));
    }
    int axes = fields.shape("weight").rank() - 2;
    if (axes > 0) {
      perAxis(node, "stride", 1, axes);
      perAxis(node, "padding", 0, axes);
    }
    tensors(path, "plastic", fields, "weight");
    absent(node, "numbers", JSON.objectNode());
  }

  private void neurons(String path, ObjectNode node, JsonFields fields) {
    NeuronModel model = model(path, fields, node.get("model"));
    node.put("model", models.indexOf(model));
    JsonNode given = node.has("parameters") ? node.get("parameters") : JSON.objectNode();
    JsonFields listedValues = new JsonFields("Node '" + path + "' 'parameters'", given);
    for (String name : listedValues.keys()) {
      if (!model.parameters().contains(name)) {
        throw new NetworkException(
            "Node '%s': neuron model '%s' has no parameter '%s'; it has %s"
                .formatted(path, model.name(), name, model.parameters()));
      }
    }
    ObjectNode shapes = node.putObject("parameters");
    for (int i = 0; i < model.parameters().size(); i++) {
      String name = model.parameters().get(i);
      JsonNode value = given.get(name);
      if (value != null && value.isBoolean()) {
        throw new NetworkException(
            "Node '%s': parameter '%s' must be a number or a shape, found %s"
                .formatted(path, name, value));
      }
      if (value != null && !value.isNumber() && !value.isTextual()) {
        Shape shape = listedValues.shape(name);
        place(path, "neuron", name, DType.FLOAT64, shape);
        shapes.set(name, value);
      } else {
        double number = value == null ? model.defaults()[i] : listedValues.number(name);
        inline.put(path + "." + name, Tensor.of(Shape.SCALAR, new double[] {number}));
        shapes.putArray(name);
      }
    }
  }

  /**
   * By its number among the listed ones, its name there or among the built-in ones, or its text.
   */
  private NeuronModel model(String path, JsonFields fields, JsonNode given) {
    if (given != null && given.isInt()) {
      int index = given.intValue();
      if (index < 0 || index >= listed) {
        throw new NetworkException("Node '%s' names model %d of %d".formatted(path, index, listed));
      }
      return models.get(index);
    }
    String text = fields.text("model");
    for (NeuronModel model : models.subList(0, listed)) {
      if (model.name().equals(text)) {
        return model;
      }
    }
    if (!text.strip().startsWith("model ") && !BuiltInModels.has(text)) {
      throw new NetworkException(
          "Node '%s': there is no neuron model '%s'; give the name of one of 'models' or of a built-in one, or its equations"
              .formatted(path, text));
    }
    NeuronModel model =
        BuiltInModels.has(text) ? BuiltInModels.named(text) : NeuronModel.parse(text);
    if (!models.contains(model)) {
      models.add(model);
    }
    return model;
  }
}
