package org.velella.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.velella.network.Network;
import org.velella.network.NetworkStructure;
import org.velella.network.exchange.StateDict;
import org.velella.network.exchange.WeightLoading;
import org.velella.tensor.Npy;

/** What SpikingJelly's ann2snn makes of the same network and calibration data. */
class Ann2SnnTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/ann2snn");
  private static final String STRUCTURE =
      """
      {"format": "velella-network", "version": 1, "nodes": [
        {"path": "input", "op": "input", "shape": [6]},
        {"path": "0", "op": "linear", "weight": [16, 6], "bias": [16]},
        {"path": "1", "op": "neuron", "model": "relu"},
        {"path": "2", "op": "linear", "weight": [12, 16], "bias": [12]},
        {"path": "3", "op": "neuron", "model": "relu"},
        {"path": "4", "op": "linear", "weight": [3, 12], "bias": [3]},
        {"path": "output", "op": "output"}]}
      """;

  @Test
  void scalesAndOutputsAreThoseOfSpikingJelly() throws IOException {
    byte[] state = Files.readAllBytes(GOLDEN.resolve("state.safetensors"));
    Network dense =
        WeightLoading.into(NetworkStructure.parse(STRUCTURE))
            .load(StateDict.open(state, "state.safetensors"))
            .network();
    float[] input = Npy.read(GOLDEN.resolve("calibration.npy")).floats();
    JsonNode expected = new ObjectMapper().readTree(GOLDEN.resolve("expected.json").toFile());
    int steps = expected.get("steps").asInt();
    assertThat(expected.get("cases")).hasSize(6);
    for (JsonNode each : expected.get("cases")) {
      RateConversion.Converted converted =
          RateConversion.of(dense)
              .rule(ScaleRule.parse(each.get("mode").asText()))
              .granularity(
                  each.get("channel_wise").asBoolean() ? Granularity.CHANNEL : Granularity.LAYER)
              .readout(Readout.VALUES)
              .convert(RateNets.data(6, input));
      for (int layer = 0; layer < 2; layer++) {
        double[] scales = converted.scales().get(layer == 0 ? "1" : "3");
        JsonNode theirs = each.get("scales").get(layer);
        assertThat(scales).hasSize(theirs.size());
        for (int i = 0; i < scales.length; i++) {
          // A channel that is never active has the scale that keeps it as it is.
          double scale = theirs.get(i).asDouble() < 1e-20 ? 1 : theirs.get(i).asDouble();
          assertThat(scales[i]).isCloseTo(scale, within(1e-5 * scale));
        }
      }
      requireNear(each, RateNets.means(converted.network(), steps, 6, input));
    }
  }

  /** Sums are rounded otherwise, so a spike may come a step earlier or later. */
  private static void requireNear(JsonNode expected, double[][] outputs) {
    double sum = 0;
    for (int n = 0; n < outputs.length; n++) {
      for (int k = 0; k < 3; k++) {
        double distance =
            Math.abs(outputs[n][k] - expected.get("outputs").get(n).get(k).asDouble());
        assertThat(distance).isLessThan(0.1);
        sum += distance;
      }
    }
    assertThat(sum / outputs.length / 3).isLessThan(0.002);
  }
}
