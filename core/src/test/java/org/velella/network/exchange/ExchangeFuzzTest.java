package org.velella.network.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.velella.network.NetworkException;
import org.velella.network.NetworkStructure;
import org.velella.testkit.Fuzz;
import org.velella.testkit.Seeded;

/** Readers of structures and state dicts give nothing but their documented exceptions. */
@Tag("files")
class ExchangeFuzzTest {
  private static final Path RECIPES = Path.of("src/test/resources/golden/recipes");
  private static final Path STRUCTURES = Path.of("src/test/resources/golden/structures");

  @Seeded
  void structures(SplittableRandom random) throws IOException {
    List<byte[]> seeds =
        List.of(
            Files.readAllBytes(STRUCTURES.resolve("convolutional.json")),
            Files.readAllBytes(STRUCTURES.resolve("own-model.json")));
    int read =
        Fuzz.run(
            random,
            seeds,
            bytes -> {
              String text = new String(bytes, StandardCharsets.UTF_8);
              NetworkStructure structure = NetworkStructure.parse(text);
              try {
                structure.build(Map.of());
              } catch (NetworkException e) {
                // Its weights are missing, always.
                assertThat(e.getMessage()).isNotEmpty();
              }
            },
            List.of(NetworkException.class));
    assertThat(read).isPositive();
  }

  @Seeded
  void tracedLayers(SplittableRandom random) throws IOException {
    List<byte[]> seeds =
        List.of(
            Files.readAllBytes(RECIPES.resolve("spikingjelly/layers.json")),
            Files.readAllBytes(RECIPES.resolve("snntorch/layers.json")),
            Files.readAllBytes(RECIPES.resolve("norse/layers.json")));
    StateDict state =
        StateDict.open(Files.readAllBytes(RECIPES.resolve("spikingjelly/state.safetensors")), "s");
    int read =
        Fuzz.run(
            random,
            seeds,
            bytes -> {
              TracedLayers layers = TracedLayers.parse(new String(bytes, StandardCharsets.UTF_8));
              try {
                WeightLoading.into(layers).load(state);
              } catch (NetworkException | StateDictException e) {
                // What fits another state dict need not fit this one.
                assertThat(e.getMessage()).isNotEmpty();
              }
            },
            List.of(NetworkException.class));
    assertThat(read).isPositive();
  }

  @Seeded
  void stateDicts(SplittableRandom random) throws IOException {
    List<byte[]> seeds =
        List.of(
            Files.readAllBytes(RECIPES.resolve("types.npz")),
            Files.readAllBytes(RECIPES.resolve("types-deflated.npz")),
            Files.readAllBytes(RECIPES.resolve("types.safetensors")));
    int read =
        Fuzz.run(
            random,
            seeds,
            bytes -> {
              StateDict state = StateDict.open(bytes, "state");
              state.read(state.entries().keySet());
            },
            List.of(StateDictException.class));
    assertThat(read).isPositive();
  }
}
