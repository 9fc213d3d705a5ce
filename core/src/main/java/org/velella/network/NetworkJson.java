package org.velella.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A network as a {@code network.json} and the tensors beside it. Together they lose nothing: {@link
 * NetworkStructure#parse} and {@link NetworkStructure#build} give an equal network back.
 *
 * @param text the JSON
 * @param tensors what it leaves out, by {@link TensorPlace#key}: the layers' weights, and the
 *     neuron parameters that are more than one number
 */
public record NetworkJson(String text, Map<String, Tensor> tensors) {
  public NetworkJson {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /**
   * A network in this form.
   *
   * @param weightsFile the name of the file that will hold the tensors; not used if there are none
   * @throws NetworkException if a node's operation is of a type that files cannot hold
   */
  public static NetworkJson of(Network network, String weightsFile) {
    NetworkWriter writer = new NetworkWriter(network);
    Map<String, Tensor> tensors = new LinkedHashMap<>(writer.weights());
    writer
        .parameters()
        .forEach(
            (key, value) -> {
              if (value.shape().rank() > 0) {
                tensors.put(key, value);
              }
            });
    ObjectNode root = NetworkParser.JSON.createObjectNode();
    root.put("format", NetworkStructure.FORMAT);
    root.put("version", NetworkStructure.VERSION);
    if (!tensors.isEmpty()) {
      root.put("weights", weightsFile);
    }
    ObjectNode canonical = canonical(writer);
    name(canonical);
    for (JsonNode node : canonical.get("nodes")) {
      if (node.has("parameters")) {
        showNumbers((ObjectNode) node, writer.parameters());
      }
    }
    root.setAll(canonical);
    return new NetworkJson(root.toPrettyString().replace("\r\n", "\n") + "\n", tensors);
  }

  /**
   * All tensors of a network by {@link TensorPlace#key}: those that lie beside its JSON, and the
   * neuron parameters of one number, which stand in it.
   *
   * @throws NetworkException if a node's operation is of a type that files cannot hold
   */
  public static Map<String, Tensor> allTensors(Network network) {
    NetworkWriter writer = new NetworkWriter(network);
    Map<String, Tensor> tensors = new LinkedHashMap<>(writer.weights());
    tensors.putAll(writer.parameters());
    return tensors;
  }

  private static ObjectNode canonical(NetworkWriter writer) {
    try {
      return (ObjectNode) NetworkParser.JSON.readTree(writer.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The writer has written what is not JSON", e);
    }
  }

  /** Built-in models by their names; only others need a text. */
  private static void name(ObjectNode canonical) {
    List<NeuronModel> all = new ArrayList<>();
    canonical.get("models").forEach(text -> all.add(NeuronModel.parse(text.textValue())));
    ArrayNode kept = canonical.putArray("models");
    Map<NeuronModel, Integer> places = new LinkedHashMap<>();
    for (NeuronModel model : all) {
      if (!isBuiltIn(model)) {
        places.put(model, places.size());
        kept.add(model.text());
      }
    }
    if (kept.isEmpty()) {
      canonical.remove("models");
    }
    for (JsonNode node : canonical.get("nodes")) {
      if (node.has("parameters")) {
        NeuronModel model = all.get(node.get("model").intValue());
        if (places.containsKey(model)) {
          ((ObjectNode) node).put("model", places.get(model));
        } else {
          ((ObjectNode) node).put("model", model.name());
        }
      }
    }
  }

  private static boolean isBuiltIn(NeuronModel model) {
    return BuiltInModels.has(model.name()) && BuiltInModels.named(model.name()).equals(model);
  }

  private static void showNumbers(ObjectNode node, Map<String, Tensor> parameters) {
    ObjectNode listed = (ObjectNode) node.get("parameters");
    for (String name : new JsonFields("Parameters", listed).keys()) {
      Tensor value = parameters.get(node.get("path").textValue() + "." + name);
      if (value.shape().equals(Shape.SCALAR)) {
        listed.put(name, value.doubles()[0]);
      }
    }
  }
}
