package org.velella.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.velella.tensor.Tensor;

/**
 * A network without its weights, as a {@code network.json} says it: nodes, edges, sizes, equations,
 * and such neuron parameters as are one number. {@code core/docs/EXCHANGE.md} describes the form.
 */
public final class NetworkStructure {
  /** The value of the field {@code format}. */
  public static final String FORMAT = NetworkCodec.FORMAT;

  static final int VERSION = 1;

  private final String canonical;
  private final String weights;
  private final List<TensorPlace> places;
  private final Map<String, Tensor> inline;
  private final List<StructureNodes.Constant> constants;

  private NetworkStructure(String weights, StructureNodes nodes, String canonical) {
    this.weights = weights;
    this.canonical = canonical;
    places = List.copyOf(nodes.places());
    inline = Map.copyOf(nodes.inline());
    constants = List.copyOf(nodes.constants());
  }

  /**
   * The structure that a text describes. Like every network, it may name {@link
   * org.velella.module.Module} classes, which {@link #build} builds.
   *
   * @throws NetworkException if the text is not JSON, is of a newer version, or describes no
   *     network; the message says where
   */
  public static NetworkStructure parse(String json) {
    try {
      JsonNode root = NetworkParser.JSON.readTree(json);
      JsonFields fields = new JsonFields("The network", root);
      requireOurs(fields);
      String weights = fields.has("weights") ? fields.text("weights") : null;
      StructureNodes nodes = new StructureNodes();
      String canonical = nodes.canonical(fields);
      fields.requireAllRead();
      return new NetworkStructure(weights, nodes, canonical);
    } catch (JsonProcessingException e) {
      throw new NetworkException("The network's JSON cannot be read: " + e.getOriginalMessage(), e);
    } catch (NetworkException e) {
      throw e;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new NetworkException("The network cannot be read: " + e.getMessage(), e);
    }
  }

  private static void requireOurs(JsonFields fields) {
    if (!FORMAT.equals(fields.has("format") ? fields.text("format") : null)) {
      throw new NetworkException(
          "The JSON is no network: its field 'format' must be \"" + FORMAT + "\"");
    }
    int version = fields.integer("version");
    if (version != VERSION) {
      throw new NetworkException(
          "The network is written in format version %d; this Velella reads version %d"
              .formatted(version, VERSION));
    }
  }

  /** The name of the safetensors file beside it that holds its tensors, if it says one. */
  public Optional<String> weightsFile() {
    return Optional.ofNullable(weights);
  }

  /** The tensors that it needs, in the order of its nodes. */
  public List<TensorPlace> tensors() {
    return places;
  }

  /**
   * The network with its tensors.
   *
   * @param tensors by {@link TensorPlace#key}
   * @throws NetworkException if one is missing, is of another type or shape, or has no use, or if
   *     the network cannot be
   */
  public Network build(Map<String, Tensor> tensors) {
    List<String> doubled = new ArrayList<>(tensors.keySet());
    doubled.removeIf(
        key ->
            !inline.containsKey(key)
                && constants.stream().noneMatch(constant -> constant.key().equals(key)));
    if (!doubled.isEmpty()) {
      throw new NetworkException(
          "Tensors " + doubled + " are given, and the structure has numbers for them as well");
    }
    Map<String, Tensor> all = new LinkedHashMap<>(inline);
    for (StructureNodes.Constant constant : constants) {
      Tensor tensor = constant.tensor(tensors);
      if (tensor != null) {
        all.put(constant.key(), tensor);
      }
    }
    all.putAll(tensors);
    try {
      return NetworkParser.parse(canonical, all, true);
    } catch (NetworkException e) {
      throw e;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new NetworkException("The network cannot be built: " + e.getMessage(), e);
    }
  }
}
