package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkSource;

class ConvertNetworkTest {
  private static final String EXAMPLE = "example/orientations.nir";

  @TempDir Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void nirBecomesTheOwnFormUnderTheConventionThatWasAsked() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "convert", "network", EXAMPLE, file("a/net.safetensors"), "--convention", "snntorch");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    Network expected = NetworkSource.read(EXAMPLE, "snntorch", 1e-4);
    Network written =
        NetworkCodec.fromBytes(Files.readAllBytes(folder.resolve("a/net.safetensors")));
    assertThat(NetworkDigest.of(written)).isEqualTo(NetworkDigest.of(expected));
    assertThat(NetworkDigest.of(written))
        .isNotEqualTo(NetworkDigest.of(NetworkSource.read(EXAMPLE, "norse", 1e-4)));
    assertThat(run.out()).contains(NetworkDigest.of(expected).value(), "8 nodes");
  }

  @Test
  void nirIsWrittenUnderTheConventionThatTheNetworkHas() throws IOException {
    CommandLineRun.of(
        "convert",
        "network",
        EXAMPLE,
        file("net.safetensors"),
        "--convention",
        "spyx",
        "--dt",
        "1e-3");

    CommandLineRun run =
        CommandLineRun.of("convert", "network", file("net.safetensors"), file("net.nir"));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.err()).contains("read it with --convention spyx --dt 0.001");
    assertThat(NetworkDigest.of(NetworkSource.read(file("net.nir"), "spyx", 1e-3)))
        .isEqualTo(NetworkDigest.of(NetworkSource.read(EXAMPLE, "spyx", 1e-3)));
  }

  /** What comes from PyTorch leaves as NIR, under the form that has the same numbers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lif_soft       | LIF     | spikingjelly,reset=subtract
          parametric_lif | LIF     | spikingjelly,form=difference
          cuba_lif       | CubaLIF | spikingjelly,form=decay
          """)
  void neuronsOfTheCatalogueBecomeThoseOfNir(String model, String type, String convention)
      throws IOException {
    Files.writeString(
        folder.resolve("net.json"),
        """
        {"format": "velella-network", "version": 1,
         "nodes": [
          {"path": "input", "op": "input", "shape": [2]},
          {"path": "pop", "op": "neuron", "model": "%s"},
          {"path": "output", "op": "output"}],
         "edges": [["input", "pop"], ["pop", "output"]]}
        """
            .formatted(model));

    CommandLineRun run =
        CommandLineRun.of("convert", "network", file("net.json"), file("net.nir"), "--dt", "1e-3");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.err())
        .contains(
            "node pop (%s) is written as %s".formatted(model, type),
            "read it with --convention %s --dt 0.001".formatted(convention));
    Network written = NetworkSource.read(file("net.nir"), convention, 1e-3);
    assertThat(run.out()).contains("digest " + NetworkDigest.of(written).value());
    assertThat(written.node("pop").operation().kind())
        .isEqualTo("nir_" + type.toLowerCase(Locale.ROOT));
    assertThat(files()).containsExactly("net.json", "net.nir");
  }

  @Test
  void namesOfInputsAreKeptInAllOwnFormsAndInspected() throws IOException {
    Files.writeString(
        folder.resolve("net.json"),
        """
        {"format": "velella-network", "version": 1,
         "models": ["model two\\n input exc, inh, gaba\\n memory v = 0\\n charge v = v + exc - inh\\n output y = v"],
         "nodes": [
          {"path": "a", "op": "input", "shape": [2]},
          {"path": "b", "op": "input", "shape": [2]},
          {"path": "pop", "op": "neuron", "model": "two"},
          {"path": "output", "op": "output"}],
         "edges": [["b", "pop", "exc"], ["a", "pop", "exc"], ["a", "pop", "inh"], ["pop", "pop", "inh"],
          ["pop", "output"]]}
        """);
    String net = file("net.safetensors");
    CommandLineRun run = CommandLineRun.of("convert", "network", file("net.json"), net);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    run = CommandLineRun.of("convert", "network", net, file("again.json"));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(NetworkDigest.of(NetworkSource.read(file("again.json"), "norse", 1e-4)))
        .isEqualTo(NetworkDigest.of(NetworkSource.read(file("net.json"), "norse", 1e-4)));
    assertThat(CommandLineRun.of("inspect", net).out())
        .contains("exc: a b  inh: a pop  gaba: none", "one step late: pop -> pop, input inh");
  }

  @Test
  void whatIsThereIsOnlyReplacedIfAsked() throws IOException {
    Files.writeString(folder.resolve("net.safetensors"), "mine");
    CommandLineRun kept = CommandLineRun.of("convert", "network", EXAMPLE, file("net.safetensors"));
    assertThat(kept.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(kept.err()).contains("is there already", "--overwrite");
    assertThat(Files.readString(folder.resolve("net.safetensors"))).isEqualTo("mine");
    CommandLineRun replaced =
        CommandLineRun.of("convert", "network", EXAMPLE, file("net.safetensors"), "--overwrite");
    assertThat(replaced.exitCode()).as(replaced.err()).isEqualTo(ExitCode.DONE);
    NetworkCodec.fromBytes(Files.readAllBytes(folder.resolve("net.safetensors")));
    assertThat(files()).containsExactly("net.safetensors");
  }

  @Test
  void wrongNamesAreRefusedBeforeAnythingIsWritten() throws IOException {
    Files.createDirectory(folder.resolve("d.safetensors"));
    CommandLineRun directory =
        CommandLineRun.of("convert", "network", EXAMPLE, file("d.safetensors"), "--overwrite");
    assertThat(directory.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(directory.err()).contains("is a directory");
    CommandLineRun ending = CommandLineRun.of("convert", "network", EXAMPLE, file("net.txt"));
    assertThat(ending.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(ending.err()).contains("net.txt", ".safetensors", ".json");
    CommandLineRun missing =
        CommandLineRun.of("convert", "network", file("no.nir"), file("net.safetensors"));
    assertThat(missing.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(missing.err()).contains("no network file");
    assertThat(files()).containsExactly("d.safetensors");
  }

  @Test
  void withoutAKindItSaysWhichThereAre() {
    CommandLineRun run = CommandLineRun.of("convert");
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("one of", "network");
    assertThat(CommandLineRun.of("convert", "network", "--help").out()).contains("--overwrite");
  }
}
