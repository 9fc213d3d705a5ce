package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkException;
import org.velella.testkit.Fuzz;
import org.velella.testkit.Seeded;

/** Readers of network files give nothing but their documented exceptions. */
@Tag("files")
class NetworkReaderFuzzTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/nir-1.0.8");

  @Seeded
  void nir(SplittableRandom random) throws IOException {
    NirConvention convention = NirConvention.named("norse");
    Network nested = NirReader.read(GOLDEN.resolve("nested.nir"), convention, 1e-4);
    List<byte[]> seeds =
        List.of(
            Files.readAllBytes(GOLDEN.resolve("signal.nir")),
            Files.readAllBytes(GOLDEN.resolve("neurons.nir")),
            Files.readAllBytes(GOLDEN.resolve("image.nir")),
            NirWriter.toBytes(nested, convention, 1e-4, NirWriter.Compression.GZIP),
            NirWriter.toBytes(nested, convention, 1e-4, NirWriter.Compression.NONE));
    int read =
        Fuzz.run(
            random,
            seeds,
            bytes -> NirReader.readWithNotes(bytes, "damaged.nir", convention, 1e-4),
            List.of(NirException.class));
    assertThat(read).isPositive();
  }

  @Seeded
  void ownFormat(SplittableRandom random) throws IOException {
    Network network =
        NirReader.read(GOLDEN.resolve("neurons.nir"), NirConvention.named("norse"), 1e-4);
    int read =
        Fuzz.run(
            random,
            List.of(NetworkCodec.toBytes(network)),
            NetworkCodec::fromBytes,
            List.of(NetworkException.class));
    assertThat(read).isPositive();
  }
}
