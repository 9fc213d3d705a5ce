package org.velella.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.velella.testkit.Fuzz;
import org.velella.testkit.Seeded;

/** Readers of array files give nothing but their documented exceptions. */
@Tag("files")
class TensorReaderFuzzTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @Seeded
  void safetensors(SplittableRandom random) throws IOException {
    byte[] own =
        Safetensors.toBytes(
            Map.of(
                "a", Tensor.of(Shape.of(2, 3), new float[6]),
                "b", Tensor.of(Shape.of(4), new long[4])),
            Map.of("key", "value"));
    byte[] reference =
        Files.readAllBytes(GOLDEN.resolve("safetensors-0.8.0/reference.safetensors"));
    int read =
        Fuzz.run(
            random,
            List.of(own, reference),
            Safetensors::read,
            List.of(SafetensorsException.class));
    assertThat(read).isPositive();
  }

  @Seeded
  void npy(SplittableRandom random) throws IOException {
    List<byte[]> seeds;
    try (Stream<Path> files = Files.list(GOLDEN.resolve("npy"))) {
      seeds =
          files
              .filter(file -> file.toString().endsWith(".npy"))
              .sorted()
              .map(
                  file -> {
                    try {
                      return Files.readAllBytes(file);
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  })
              .toList();
    }
    int read = Fuzz.run(random, seeds, Npy::read, List.of(NpyException.class));
    assertThat(read).isPositive();
  }
}
