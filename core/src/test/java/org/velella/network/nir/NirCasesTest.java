package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;

/**
 * Every node type and option, from files of an old and of the newest version: read, run, written,
 * read again. What was written stays in {@code target/nir-written} for a judgement from outside.
 */
@Tag("files")
class NirCasesTest {
  private static final Path WRITTEN = Path.of("target/nir-written");
  private static final NirConvention NORSE = NirConvention.NORSE;
  private static final double DT = 0.125;
  private static final String OLD = "0.2.0";
  private static final String NEW = "1.0.8";
  private static final int STEPS = 5;

  private static Stream<String> names() {
    return NirCases.all().keySet().stream();
  }

  @Test
  void thereAreManyAndNoTwoAreTheSame() {
    Map<String, Supplier<NirBuilder>> all = NirCases.all();
    assertThat(all).hasSizeGreaterThan(60);
    assertThat(all.values().stream().map(each -> new Hex(each.get().bytes())).distinct().count())
        .isEqualTo(all.size());
  }

  private record Hex(String text) {
    Hex(byte[] bytes) {
      this(java.util.HexFormat.of().formatHex(bytes));
    }
  }

  private static float[][] outputs(Network network) {
    float[][] steps = new float[STEPS][network.inputSize()];
    for (int t = 0; t < STEPS; t++) {
      for (int i = 0; i < steps[t].length; i++) {
        steps[t][i] = (i * 7 + t * 11) % 13 * 4;
      }
    }
    return NirRun.outputs(network, steps);
  }

  @ParameterizedTest
  @MethodSource("names")
  void isReadRunWrittenAndReadAgain(String name) throws IOException {
    Supplier<NirBuilder> make = NirCases.all().get(name);
    byte[] old = make.get().version(OLD).bytes();
    byte[] now = make.get().version(NEW).gzip().bytes();

    Network network = NirReader.readWithNotes(old, "old", NORSE, DT).network();
    NetworkDigest digest = NetworkDigest.of(network);
    float[][] outputs = outputs(network);

    assertThat(hasOtherThanZero(outputs)).isTrue();
    Network zipped = NirReader.readWithNotes(now, "now", NORSE, DT).network();
    assertThat(NetworkDigest.of(zipped)).isEqualTo(digest);
    for (NirWriter.Compression compression : NirWriter.Compression.values()) {
      byte[] written = NirWriter.toBytes(network, NORSE, DT, compression);
      assertThat(NirWriter.toBytes(zipped, NORSE, DT, compression)).isEqualTo(written);
      NirImport again = NirReader.readWithNotes(written, "again", NORSE, DT);
      assertThat(again.notes()).isEmpty();
      assertThat(NetworkDigest.of(again.network())).isEqualTo(digest);
      if (compression == NirWriter.Compression.GZIP) {
        assertThat(outputs(again.network())).isDeepEqualTo(outputs);
        keep(name, old, written);
      }
    }
  }

  /** The two that {@link #isReadRunWrittenAndReadAgain} leaves out. */
  @ParameterizedTest
  @MethodSource("names")
  void compressionAndVersionDoNotDependOnEachOther(String name) throws IOException {
    Supplier<NirBuilder> make = NirCases.all().get(name);
    NirImport plain = NirReader.readWithNotes(make.get().version(OLD).bytes(), "old", NORSE, DT);
    List<byte[]> crosses =
        List.of(make.get().version(OLD).gzip().bytes(), make.get().version(NEW).bytes());
    float[][] outputs = outputs(plain.network());
    for (byte[] file : crosses) {
      Network network = NirReader.readWithNotes(file, "cross", NORSE, DT).network();
      assertThat(NetworkDigest.of(network)).isEqualTo(NetworkDigest.of(plain.network()));
      assertThat(outputs(network)).isDeepEqualTo(outputs);
      byte[] written = NirWriter.toBytes(network, NORSE, DT, NirWriter.Compression.NONE);
      Network again = NirReader.readWithNotes(written, "again", NORSE, DT).network();
      assertThat(NetworkDigest.of(again)).isEqualTo(NetworkDigest.of(plain.network()));
    }
  }

  private static boolean hasOtherThanZero(float[][] rows) {
    for (float[] row : rows) {
      for (float value : row) {
        if (value != 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static void keep(String name, byte[] read, byte[] written) throws IOException {
    Files.createDirectories(WRITTEN);
    String stem = name.replaceAll("[^A-Za-z0-9]+", "-");
    Files.write(WRITTEN.resolve(stem + ".in.nir"), read);
    Files.write(WRITTEN.resolve(stem + ".out.nir"), written);
  }
}
