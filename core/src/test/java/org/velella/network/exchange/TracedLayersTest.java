package org.velella.network.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.network.Network;
import org.velella.network.NetworkException;
import org.velella.network.NetworkJson;
import org.velella.tensor.Safetensors;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Layers as PyTorch prints them, by hand; {@link RecipesTest} has those of real frameworks. */
class TracedLayersTest {
  private static final String LINEAR =
      """
      ["%s", "<class 'torch.nn.modules.linear.Linear'>", 2, %d, %d, {"training": false}]""";
  private static final String RELU =
      """
      ["%s", "<class 'torch.nn.modules.activation.ReLU'>", 2, %d, %d, {}]""";

  private static String layers(String input, String... calls) {
    return "{\"input\": %s, \"layers\": [%s]}".formatted(input, String.join(", ", calls));
  }

  private static StateDict state(Map<String, Shape> shapes) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> tensors.put(name, Tensor.of(shape, new float[shape.size()])));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Safetensors.write(bytes, tensors, Map.of());
    return StateDict.open(bytes.toByteArray(), "state.safetensors");
  }

  private static WeightLoading.Loaded load(String json, Map<String, Shape> shapes)
      throws IOException {
    return WeightLoading.into(TracedLayers.parse(json)).load(state(shapes));
  }

  private static final Map<String, Shape> TWO =
      Map.of("a.weight", Shape.of(3, 4), "a.bias", Shape.of(3), "b.weight", Shape.of(2, 3));

  @Test
  void goByTheirCallsAndNotByTheirDefinition() throws IOException {
    String json =
        layers(
            "[4]",
            LINEAR.formatted("a", 0, 1),
            RELU.formatted("r", 1, 2),
            LINEAR.formatted("b", 2, 3));
    WeightLoading.Loaded loaded = load(json, TWO);
    assertThat(loaded.network().nodes().stream().map(node -> node.path().toString()))
        .containsExactly("input", "a", "r", "b", "output");
    assertThat(loaded.notes()).contains("layers in the order of their calls: a, r, b");
  }

  @Test
  void onlyTheFirstCallOfEachCounts() throws IOException {
    String json =
        layers(
            "[4]",
            LINEAR.formatted("a", 0, 1),
            LINEAR.formatted("b", 1, 2),
            LINEAR.formatted("a", 3, 4),
            LINEAR.formatted("b", 4, 5));
    assertThat(load(json, TWO).network().nodes()).hasSize(4);
  }

  @Test
  void whatIsAddedOutsideOfModulesIsRefused() {
    String json = layers("[4]", LINEAR.formatted("a", 0, 1), LINEAR.formatted("b", 2, 3));
    assertThatThrownBy(() -> TracedLayers.parse(json))
        .isInstanceOf(NetworkException.class)
        .hasMessageContainingAll("Layer 'b'", "does not get what 'a' gives", "structure.json");
  }

  @Test
  void flatteningByAFunctionBecomesANode() throws IOException {
    String conv =
        """
        ["c", "<class 'torch.nn.modules.conv.Conv2d'>", 4, 0, 1, {"stride": [1, 1],
         "padding": "same", "dilation": [1, 1], "groups": 1, "padding_mode": "zeros"}]""";
    String json = layers("[1, 2, 2]", conv, LINEAR.formatted("a", 1, 2));
    WeightLoading.Loaded loaded =
        load(json, Map.of("c.weight", Shape.of(1, 1, 3, 3), "a.weight", Shape.of(3, 4)));
    assertThat(loaded.notes()).contains("'a' gets its input flattened");
    assertThat(NetworkJson.of(loaded.network(), "w").text()).contains("\"a_flatten\"");
  }

  @Test
  void containersAndPartsOfNeuronsAreNoLayers() throws IOException {
    String inside =
        """
        ["n.surrogate_function", "<class 'spikingjelly.activation_based.surrogate.Sigmoid'>", 2, 5, 6, {}]""";
    String neuron =
        """
        ["n", "<class 'spikingjelly.activation_based.neuron.lif.LIFNode'>", 2, 1, 2,
         {"v_threshold": 0.5, "v_reset": null, "tau": 3.0, "decay_input": false}]""";
    String whole =
        """
        ["", "<class 'torch.nn.modules.container.Sequential'>", 2, 0, 2, {}]""";
    String json = layers("[4]", LINEAR.formatted("a", 0, 1), inside, neuron, whole);
    Network network = load(json, Map.of("a.weight", Shape.of(3, 4))).network();
    assertThat(NetworkJson.of(network, "w").text())
        .contains("\"lif_undecayed_soft\"", "\"v_threshold\" : 0.5", "\"tau\" : 3.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          torch.nn.modules.rnn.LSTM|{}|no counterpart
          __main__.Linear|{}|no counterpart
          torch.nn.modules.pooling.MaxPool2d|{"kernel_size": 2, "ceil_mode": true}|'ceil_mode' is true
          torch.nn.modules.pooling.MaxPool2d|{"kernel_size": 2, "dilation": 2}|'dilation' is 2
          torch.nn.modules.pooling.AvgPool2d|{"kernel_size": 2, "divisor_override": 3}|'divisor_override' is 3
          torch.nn.modules.conv.Conv2d|{"padding_mode": "reflect"}|'padding_mode' is "reflect"
          torch.nn.modules.conv.Conv2d|{}|has no tensor 'a.weight'
          torch.nn.modules.flatten.Flatten|{"start_dim": 0, "end_dim": -1}|time or batch
          snntorch._neurons.leaky.Leaky|{"inhibition": true}|'inhibition' is true
          snntorch._neurons.leaky.Leaky|{"_buffers": {"graded_spikes_factor": 2.0}}|graded_spikes_factor is 2.0
          snntorch._neurons.leaky.Leaky|{"_buffers": {"graded_spikes_factor": 1.0}, "_reset_mechanism": "none"}|reset_mechanism is "none"
          norse.torch.module.lif.LIFCell|{"dt": 0.001, "p": [1.0, 2.0]}|parameters are [1.0,2.0]
          spikingjelly.activation_based.neuron.lif.LIFNode|{"v_threshold": "Tensor"}|'v_threshold' is "Tensor"
          """)
  void whatCannotBeSaidIsRefusedByName(String type, String attributes, String message) {
    String json =
        layers("[2, 4, 4]", "[\"a\", \"<class '%s'>\", 4, 0, 1, %s]".formatted(type, attributes));
    assertThatThrownBy(() -> load(json, Map.of("other", Shape.of(1))))
        .isInstanceOf(NetworkException.class)
        .hasMessageContainingAll("Layer 'a' (" + type + ")", message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"input": 4, "layers": []}|'input' is no list
          {"input": [4], "layers": {}}|'layers' is no list
          {"input": [4], "layers": []}|no layer was called
          {"input": [4], "layers": [[1, 2]]}|a call has other than
          {"input": [4], "layers|cannot be read
          """)
  void damagedFilesAreRefused(String json, String message) {
    assertThatThrownBy(() -> TracedLayers.parse(json))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining(message);
  }

  @Test
  void areToldFromStructures() {
    assertThat(TracedLayers.isOne(layers("[1]"))).isTrue();
    for (String other : List.of("{\"format\": \"velella-network\"}", "no JSON", "[]")) {
      assertThat(TracedLayers.isOne(other)).isFalse();
    }
  }
}
