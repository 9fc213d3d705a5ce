package org.velella.network.exchange;

import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkJson;
import org.velella.network.NetworkStructure;
import org.velella.network.NodePath;
import org.velella.network.TensorPlace;
import org.velella.tensor.Tensor;

/** How PyTorch names what a network needs: by the modules' names with dots, then its own leaves. */
public final class StateNames {
  /**
   * A counter that PyTorch keeps with batch norms; nothing computed in evaluation depends on it.
   */
  static final String BATCHES = "num_batches_tracked";

  private static final Map<String, String> BATCH_NORM =
      Map.of(
          "gamma", "weight",
          "beta", "bias",
          "mean", "running_mean",
          "variance", "running_var");

  private StateNames() {}

  /** The name of a tensor in a state dict, such as {@code conv.1.running_mean}. */
  public static String of(TensorPlace place) {
    String leaf = place.op().equals("batch_norm") ? BATCH_NORM.get(place.leaf()) : place.leaf();
    return module(place) + leaf;
  }

  /** The name of the module that a tensor belongs to, with a dot behind it. */
  static String module(TensorPlace place) {
    return String.join(".", NodePath.split(place.node())) + ".";
  }

  /**
   * A network's tensors as a state dict: the layers' weights, and the neuron parameters that are
   * more than one number.
   *
   * @throws org.velella.network.NetworkException if a node's operation is of a type that files
   *     cannot hold
   */
  public static Map<String, Tensor> stateDict(Network network) {
    NetworkJson json = NetworkJson.of(network, "state.safetensors");
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (TensorPlace place : NetworkStructure.parse(json.text()).tensors()) {
      state.put(of(place), json.tensors().get(place.key()));
    }
    return state;
  }

  /**
   * A network's tensors as a state dict that fits a structure: just those that the structure needs,
   * with the neuron parameters of one number that it names.
   *
   * @throws StateDictException if the network is not the structure with these tensors
   * @throws org.velella.network.NetworkException if a node's operation is of a type that files
   *     cannot hold
   */
  public static Map<String, Tensor> stateDict(Network network, NetworkStructure structure) {
    Map<String, Tensor> all = NetworkJson.allTensors(network);
    Map<String, Tensor> state = new LinkedHashMap<>();
    Map<String, Tensor> used = new LinkedHashMap<>();
    for (TensorPlace place : structure.tensors()) {
      Tensor tensor = all.get(place.key());
      if (tensor == null || !tensor.shape().equals(place.shape())) {
        throw new StateDictException(
            "The structure needs %s of shape %s; the network has %s"
                .formatted(
                    of(place),
                    place.shape(),
                    tensor == null ? "no such tensor" : "shape " + tensor.shape()));
      }
      state.put(of(place), tensor);
      used.put(place.key(), tensor);
    }
    if (!NetworkDigest.of(structure.build(used)).equals(NetworkDigest.of(network))) {
      throw new StateDictException(
          "The network is not the structure with these tensors: other nodes, edges or numbers that"
              + " stand in the text; give the structure that it was made of");
    }
    return state;
  }
}
