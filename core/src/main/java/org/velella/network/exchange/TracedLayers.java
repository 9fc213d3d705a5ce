package org.velella.network.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.velella.network.NetworkException;
import org.velella.network.NetworkStructure;

/**
 * The layers of a PyTorch network as the recipe of {@code core/docs/EXCHANGE.md} has seen them
 * called: which, in which order, with which attributes, and which tensors went in and out. They
 * become the structure of a network when a state dict says what sizes they have.
 *
 * <p>The network must be a chain: each layer gets what the one before it gave.
 */
public final class TracedLayers {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final JsonNode input;
  private final List<TracedLayer> layers;

  private TracedLayers(JsonNode input, List<TracedLayer> layers) {
    this.input = input;
    this.layers = layers;
  }

  /**
   * A structure, and what goes with it.
   *
   * @param ignored tensors of the state dict that say nothing that the network needs
   * @param notes what a reader of the network should know
   */
  record Translated(NetworkStructure structure, Set<String> ignored, List<String> notes) {}

  /** Whether a text is what the recipe writes, and no structure of a network. */
  public static boolean isOne(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      return root.has("layers") && root.has("input") && !root.has("format");
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /**
   * What the recipe wrote.
   *
   * @throws NetworkException if it is damaged, or no chain of layers that Velella knows; the
   *     message names the layer
   */
  public static TracedLayers parse(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      require(root.path("input").isArray(), "its field 'input' is no list of sizes");
      require(root.path("layers").isArray(), "its field 'layers' is no list of calls");
      Map<String, TracedLayer> calls = new LinkedHashMap<>();
      for (JsonNode call : root.get("layers")) {
        boolean fits = call.size() == 6 && call.get(1).isTextual() && call.get(5).isObject();
        require(fits, "a call has other than path, type, rank, two addresses and attributes");
        if (call.get(0).isTextual()) {
          TracedLayer layer = new TracedLayer(call);
          calls.putIfAbsent(layer.path(), layer);
        }
      }
      List<TracedLayer> kept = kept(calls);
      require(!kept.isEmpty(), "no layer was called");
      requireChain(kept);
      return new TracedLayers(root.get("input"), kept);
    } catch (JsonProcessingException e) {
      throw new NetworkException("The layers' JSON cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new NetworkException("These are no layers of a recipe: " + message);
    }
  }

  /** Layers without the containers around them and the modules inside them. */
  private static List<TracedLayer> kept(Map<String, TracedLayer> calls) {
    Set<String> containers = new HashSet<>();
    calls.keySet().forEach(path -> containers.addAll(around(path)));
    List<TracedLayer> kept = new ArrayList<>();
    for (TracedLayer layer : calls.values()) {
      boolean inside =
          around(layer.path()).stream().anyMatch(o -> calls.containsKey(o) && known(calls.get(o)));
      if (inside || containers.contains(layer.path()) && !known(layer)) {
        continue;
      }
      if (!known(layer)) {
        throw layer.refused(
            "Velella has no counterpart of it; describe the network in a structure.json");
      }
      if (layer.path().isEmpty()) {
        throw new NetworkException(
            "The network is a single layer without a name; put it into a torch.nn.Sequential");
      }
      kept.add(layer);
    }
    return kept;
  }

  /** The paths of the modules that a module lies in, the network's own among them. */
  private static List<String> around(String path) {
    List<String> paths = new ArrayList<>();
    if (!path.isEmpty()) {
      paths.add("");
    }
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      paths.add(path.substring(0, dot));
    }
    return paths;
  }

  private static boolean known(TracedLayer layer) {
    return TracedOperations.knows(layer) || TracedNeurons.knows(layer);
  }

  private static void requireChain(List<TracedLayer> layers) {
    for (int i = 1; i < layers.size(); i++) {
      TracedLayer before = layers.get(i - 1);
      TracedLayer layer = layers.get(i);
      if (layer.in() != before.out()) {
        throw layer.refused(
            ("it does not get what '%s' gives: something is computed between them outside of"
                    + " modules, or the network branches; describe it in a structure.json")
                .formatted(before.path()));
      }
    }
  }

  /**
   * The network's structure.
   *
   * @param state whose tensors have the sizes
   * @param prefix what stands before the layers' names there
   * @throws NetworkException if a layer does what Velella's counterpart does not; the message names
   *     it
   */
  Translated structure(StateDict state, String prefix) {
    TracedNodes nodes = new TracedNodes(state, prefix);
    ObjectNode first = nodes.add(free("input"), "input");
    first.set("shape", input);
    int rank = input.size();
    int before = layers.get(0).rank();
    for (TracedLayer layer : layers) {
      boolean linear = layer.name().equals("Linear");
      if (linear && rank > 1 && layer.rank() < before) {
        // Flattened by a function, which is no module.
        nodes.add(layer.path() + "_flatten", "flatten");
        nodes.note("'%s' gets its input flattened".formatted(layer.path()));
        rank = 1;
      }
      before = layer.rank();
      if (TracedNeurons.knows(layer)) {
        TracedNeurons.add(layer, nodes);
      } else {
        rank = TracedOperations.add(layer, rank, nodes);
      }
    }
    nodes.add(free("output"), "output");
    nodes.note(
        "layers in the order of their calls: "
            + layers.stream().map(TracedLayer::path).collect(Collectors.joining(", ")));
    return new Translated(NetworkStructure.parse(text(nodes)), nodes.ignored(), nodes.notes());
  }

  private String text(TracedNodes nodes) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", NetworkStructure.FORMAT);
    root.put("version", 1);
    ArrayNode models = root.putArray("models");
    nodes.models().forEach(models::add);
    if (models.isEmpty()) {
      root.remove("models");
    }
    root.set("nodes", nodes.nodes());
    return root.toString();
  }

  /** A name for a node that no layer is called by. */
  private String free(String wanted) {
    String name = wanted;
    while (taken(name)) {
      name += "_";
    }
    return name;
  }

  private boolean taken(String name) {
    return layers.stream().anyMatch(l -> l.path().equals(name) || l.path().startsWith(name + "."));
  }
}
