package org.velella.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Oracle;

/**
 * What SpikingJelly computed for a network of convolutions, batch normalisation, pools, a linear
 * layer and three sorts of neurons.
 */
final class ConvnetOracle {
  /** Sums are rounded in another order there. */
  static final double MEMORY_BOUND = 1e-4;

  private final JsonNode description;

  private ConvnetOracle(JsonNode description) {
    this.description = description;
  }

  /** The oracle; skips the test where it is not there. */
  static ConvnetOracle open() throws IOException {
    byte[] json = Files.readAllBytes(Oracle.path("spikingjelly/convnet.json"));
    return new ConvnetOracle(new ObjectMapper().readTree(json));
  }

  int cut() {
    return description.get("cut_after_steps").asInt();
  }

  double tau() {
    return description.get("tau_lif").asDouble();
  }

  /** A parameter by its name there, such as {@code 0.weight}. */
  Tensor weight(String name) throws IOException {
    for (JsonNode pair : description.get("weights")) {
      if (pair.get(0).asText().equals(name)) {
        return file(pair.get(1).asText());
      }
    }
    throw new IllegalArgumentException("No weight " + name);
  }

  /** The input spikes, {@code [T, N, C, H, W]}. */
  Tensor input() throws IOException {
    int[] dims = new int[description.get("input_shape").size()];
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = description.get("input_shape").get(axis).asInt();
    }
    Shape shape = Shape.of(dims);
    byte[] packed = file(description.get("input").asText()).bytes();
    float[] spikes = new float[shape.size()];
    for (int i = 0; i < spikes.length; i++) {
      // A sample's 640 bits fill whole bytes, lowest bit first.
      spikes[i] = packed[i >> 3] >> (i & 7) & 1;
    }
    return Tensor.of(shape, spikes);
  }

  /** The output spikes, {@code [T, N, 11]}. */
  Tensor output() throws IOException {
    return file(description.get("output").asText());
  }

  /** The memories after the cut, by name, in their order. */
  Map<String, Tensor> memoriesAtCut() throws IOException {
    return memories("memories_at_cut");
  }

  /** The memories after the last step, by name, in their order. */
  Map<String, Tensor> memoriesAtEnd() throws IOException {
    return memories("memories_at_end");
  }

  private Map<String, Tensor> memories(String when) throws IOException {
    Map<String, Tensor> memories = new LinkedHashMap<>();
    for (int i = 0; i < description.get(when).size(); i++) {
      String name = description.get("memory_names").get(i).asText();
      memories.put(name, file(description.get(when).get(i).asText()));
    }
    return memories;
  }

  private static Tensor file(String name) throws IOException {
    return Npy.read(Oracle.path("spikingjelly/" + name));
  }
}
