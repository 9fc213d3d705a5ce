package org.velella.network.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.network.Network;
import org.velella.network.NetworkStructure;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Oracle;

/** The network that SpikingJelly computed for the oracle, from its state dict. */
class ConvnetWeightsTest {
  private static final String STRUCTURE =
      """
      {"format": "velella-network", "version": 1, "nodes": [
        {"path": "input", "op": "input", "shape": [2, 16, 20]},
        {"path": "0", "op": "conv", "weight": [6, 2, 3, 3], "padding": 1},
        {"path": "1", "op": "batch_norm", "channels": 6},
        {"path": "2", "op": "neuron", "model": "lif_undecayed_soft", "parameters": {"tau": 2.854}},
        {"path": "3", "op": "pool", "mode": "average", "kernel": [2, 2]},
        {"path": "4", "op": "conv", "weight": [8, 6, 3, 3], "bias": [8], "stride": 2, "padding": 1},
        {"path": "5", "op": "neuron", "model": "if", "parameters": {"v_threshold": 0.9}},
        {"path": "6", "op": "pool", "mode": "maximum", "kernel": [2, 2]},
        {"path": "7", "op": "flatten"},
        {"path": "8", "op": "linear", "weight": [11, 32], "bias": [11]},
        {"path": "9", "op": "neuron", "model": "parametric_lif", "parameters": {"w": []}},
        {"path": "output", "op": "output"}]}
      """;

  private static Tensor file(String name) throws IOException {
    return Npy.read(Oracle.path("spikingjelly/" + name));
  }

  @Test
  void spikesAsSpikingJellyFoldedOrNot() throws IOException {
    JsonNode oracle =
        new ObjectMapper().readTree(Files.readAllBytes(Oracle.path("spikingjelly/convnet.json")));
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (JsonNode pair : oracle.get("weights")) {
      weights.put(pair.get(0).asText(), file(pair.get(1).asText()));
    }
    Shape shape = Shape.of(20, 5, 2, 16, 20);
    byte[] packed = file("convnet.x.npy").bytes();
    float[] input = new float[shape.size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = packed[i >> 3] >> (i & 7) & 1;
    }
    Tensor expected = file("convnet.y.npy");
    for (StateDict.Form form : StateDict.Form.values()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      StateDict.write(out, weights, form);
      Network network =
          WeightLoading.into(NetworkStructure.parse(STRUCTURE))
              .load(StateDict.open(out.toByteArray(), "convnet"))
              .network();
      int allowed = expected.size() / 1000;
      assertThat(RecipesTest.differences(network, Tensor.of(shape, input), expected))
          .isLessThanOrEqualTo(allowed);
      Network folded = BatchNormFolding.fold(network).network();
      assertThat(folded.nodes()).hasSize(network.nodes().size() - 1);
      assertThat(RecipesTest.differences(folded, Tensor.of(shape, input), expected))
          .isLessThanOrEqualTo(allowed);
    }
  }
}
