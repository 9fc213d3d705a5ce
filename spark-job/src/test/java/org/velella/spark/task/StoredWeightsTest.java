package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.velella.testkit.MemoryCheckpointStore;

/** What is said of kept networks that are damaged or lost. */
class StoredWeightsTest {
  // SHA-256 of the texts "a" and "b", and of the bytes 1, 2, 3.
  private static final String A =
      "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
  private static final String B =
      "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";
  private static final String CONTENT =
      "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final StoredWeights weights = new StoredWeights(store);

  @Test
  void everyDamagedOrMissingNetworkIsNamed() throws IOException {
    byte[] network = {1, 2, 3};
    assertThat(weights.keep("a", network)).isTrue();
    assertThat(weights.keep("b", network)).isTrue();
    assertThat(weights.damages(List.of("a", "b"))).isEmpty();

    String ofA = "_run/weights/%s-%s.safetensors".formatted(A, CONTENT);
    store.replace(ofA, new byte[] {1, 2, 4});
    assertThat(weights.damages(List.of("a", "b")))
        .singleElement()
        .asString()
        .contains(ofA, "its bytes have changed", "restore _run/weights from a copy");
    assertThat(weights.missing(List.of("a", "b"))).isEmpty();
    store.delete("_run/weights/%s-%s.safetensors".formatted(B, CONTENT));
    assertThat(weights.damages(List.of("a", "b")))
        .hasSize(2)
        .anyMatch(damage -> damage.contains("the weights b of some trials: it is not there"))
        .anyMatch(damage -> damage.contains(ofA));
    assertThat(weights.missing(List.of("a", "b")))
        .singleElement()
        .asString()
        .contains("the weights b of some trials: it is not there");
  }

  @Test
  void twoNetworksOfOneNameAreADamage() throws IOException {
    weights.keep("a", new byte[] {1, 2, 3});
    store.createExclusive("_run/weights/%s-%s.safetensors".formatted(A, B), new byte[] {7});
    for (List<String> found :
        List.of(weights.damages(List.of("a")), weights.missing(List.of("a")))) {
      assertThat(found)
          .singleElement()
          .asString()
          .contains("two networks", "remove the one that is wrong");
    }
  }
}
