package org.velella.network.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.StepMode;
import org.velella.network.Network;
import org.velella.network.NetworkModule;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Oracle;

/**
 * What the recipe of {@code EXCHANGE.md} exports gives the spikes that the frameworks computed; the
 * files are those that {@code golden/recipes/generate.py} leaves.
 */
class RecipesTest {
  private static final Path RECIPES = Path.of("src/test/resources/golden/recipes");

  private static WeightLoading.Loaded load(Path folder) throws IOException {
    String layers = Files.readString(folder.resolve("layers.json"));
    byte[] state = Files.readAllBytes(folder.resolve("state.safetensors"));
    return WeightLoading.into(TracedLayers.parse(layers))
        .load(StateDict.open(state, "state.safetensors"));
  }

  static int differences(Network network, Tensor input, Tensor expected) {
    NetworkModule module = new NetworkModule(network);
    module.setStepMode(StepMode.MULTI_STEP);
    INDArray array = NdArrays.toArray(Tensor.of(input.shape(), input.toFloats()));
    Tensor spikes = NdArrays.toTensor(module.forward(array));
    assertThat(spikes.shape()).isEqualTo(expected.shape());
    int different = 0;
    for (int i = 0; i < spikes.size(); i++) {
      different += spikes.doubleAt(i) == expected.doubleAt(i) ? 0 : 1;
    }
    return different;
  }

  @ParameterizedTest
  @ValueSource(strings = {"spikingjelly", "snntorch", "norse"})
  void theExportSpikesAsTheFramework(String framework) throws IOException {
    Path folder = RECIPES.resolve(framework);
    Tensor expected = Npy.read(folder.resolve("spikes.npy"));
    double rate = java.util.Arrays.stream(expected.toDoubles()).average().orElseThrow();
    assertThat(rate).isBetween(0.1, 0.9);
    Network network = load(folder).network();
    Tensor input = Npy.read(folder.resolve("input.npy"));
    // Sums are rounded in another order there; at most one spike in a thousand may differ.
    assertThat(differences(network, input, expected)).isLessThanOrEqualTo(expected.size() / 1000);
  }

  /** Larger networks, and an input that others than this project have made. */
  @ParameterizedTest
  @ValueSource(strings = {"spikingjelly", "snntorch", "norse"})
  void theExportSpikesAsTheFrameworkOnTheOracle(String framework) throws IOException {
    Path folder = RECIPES.resolve("oracle").resolve(framework);
    byte[] packed = Npy.read(Oracle.path("spikingjelly/convnet.x.npy")).bytes();
    Shape shape =
        framework.equals("spikingjelly") ? Shape.of(20, 5, 2, 16, 20) : Shape.of(20, 5, 640);
    float[] input = new float[shape.size()];
    for (int i = 0; i < input.length; i++) {
      input[i] = packed[i >> 3] >> (i & 7) & 1;
    }
    Tensor expected = Npy.read(folder.resolve("spikes.npy"));
    assertThat(expected.shape()).isEqualTo(Shape.of(20, 5, 40));
    double rate = java.util.Arrays.stream(expected.toDoubles()).average().orElseThrow();
    assertThat(rate).isBetween(0.1, 0.9);
    assertThat(differences(load(folder).network(), Tensor.of(shape, input), expected))
        .isLessThanOrEqualTo(expected.size() / 1000);
  }

  @Test
  void foldedBatchNormsSpikeTheSame() throws IOException {
    Path folder = RECIPES.resolve("spikingjelly");
    Network network = load(folder).network();
    BatchNormFolding.Folded folded = BatchNormFolding.fold(network);
    assertThat(folded.notes()).containsExactly("batch norm conv.1 is folded into conv.0");
    assertThat(folded.network().nodes()).hasSize(network.nodes().size() - 1);
    Tensor expected = Npy.read(folder.resolve("spikes.npy"));
    assertThat(differences(folded.network(), Npy.read(folder.resolve("input.npy")), expected))
        .isLessThanOrEqualTo(expected.size() / 1000);
  }

  /** Where batch norms count batches, nothing in evaluation depends on it. */
  @Test
  void theBatchCounterIsLeftOutWithANote() throws IOException {
    assertThat(load(RECIPES.resolve("spikingjelly")).notes())
        .contains("left out of the state dict: conv.1.num_batches_tracked");
  }

  @Test
  void thePageShowsTheRecipe() throws IOException {
    String recipe = Files.readString(RECIPES.resolve("export.py"));
    assertThat(Files.readString(Path.of("docs", "EXCHANGE.md"))).contains(recipe);
  }
}
