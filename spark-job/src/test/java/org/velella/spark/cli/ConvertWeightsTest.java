package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.layer.LinearOperation;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.exchange.StateDict;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkSource;
import org.velella.tensor.Tensor;

class ConvertWeightsTest {
  private static final Path RECIPE =
      Path.of("../core/src/test/resources/golden/recipes/spikingjelly");
  private static final String STRUCTURE =
      "../core/src/test/resources/golden/structures/convolutional.json";
  private static final String STATE = RECIPE.resolve("state.safetensors").toString();

  @TempDir Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private static CommandLineRun done(String... args) {
    CommandLineRun run = CommandLineRun.of(args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    return run;
  }

  private static CommandLineRun refused(String... args) {
    CommandLineRun run = CommandLineRun.of(args);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
    return run;
  }

  private Network network(String name) {
    return NetworkSource.read(file(name), "norse", 1e-4);
  }

  @Test
  void aStateDictGoesInAndOutInEveryForm() throws IOException {
    CommandLineRun run = done("convert", "weights", STRUCTURE, STATE, file("net.json"));
    assertThat(run.err()).contains("left out of the state dict: conv.1.num_batches_tracked");
    assertThat(folder.resolve("net.json")).content().contains("\"weights\" : \"net.safetensors\"");
    String digest = NetworkDigest.of(network("net.json")).value();
    assertThat(run.out()).contains(digest, "9 nodes");
    float[] weights =
        ((LinearOperation) network("net.json").node("fc.1").operation()).weight().floats();
    StateDict given = StateDict.open(Files.readAllBytes(Path.of(STATE)), STATE);
    assertThat(weights)
        .containsExactly(given.read(java.util.Set.of("fc.1.weight")).get("fc.1.weight").floats());
    for (String state : new String[] {"state.npz", "state.safetensors"}) {
      assertThat(done("convert", "state-dict", file("net.json"), file(state)).out())
          .contains("7 tensors");
      done("convert", "weights", file("net.json"), file(state), file("again.json"), "--overwrite");
      assertThat(NetworkDigest.of(network("again.json")).value()).isEqualTo(digest);
    }
    String original = file("original.npz");
    assertThat(
            done("convert", "state-dict", file("net.json"), original, "--structure", STRUCTURE)
                .out())
        .contains("8 tensors");
    done("convert", "weights", STRUCTURE, original, file("again.json"), "--overwrite");
    assertThat(NetworkDigest.of(network("again.json")).value()).isEqualTo(digest);
    done("convert", "network", file("net.json"), file("whole.safetensors"));
    assertThat(NetworkDigest.of(network("whole.safetensors")).value()).isEqualTo(digest);
    assertThat(done("inspect", file("net.json")).out()).contains(digest, "parametric_lif_soft");
  }

  /** What the recipe has seen is the network that its structure describes. */
  @Test
  void layersAreWhatTheirStructureSays() {
    done("convert", "weights", STRUCTURE, STATE, file("net.json"));
    String layers = RECIPE.resolve("layers.json").toString();
    CommandLineRun run = done("convert", "weights", layers, STATE, file("traced.json"));
    assertThat(run.err()).contains("calls: conv.0, conv.1, conv.2, conv.3, fc.0, fc.1, fc.2");
    assertThat(NetworkDigest.of(network("traced.json")))
        .isEqualTo(NetworkDigest.of(network("net.json")));
  }

  @Test
  void batchNormsAreFoldedIfAsked() {
    CommandLineRun run =
        done("convert", "weights", STRUCTURE, STATE, file("net.json"), "--fold-batch-norm");
    assertThat(run.err()).contains("batch norm conv.1 is folded into conv.0");
    assertThat(network("net.json").nodes()).hasSize(8);
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingWritten() throws IOException {
    String norse = RECIPE.resolveSibling("norse").resolve("state.safetensors").toString();
    assertThat(refused("convert", "weights", STRUCTURE, norse, file("net.json")).err())
        .contains(
            "missing: conv.0.weight", "without a use (--ignore NAME leaves them out): 0.bias");
    assertThat(refused("convert", "weights", STRUCTURE, STRUCTURE, file("net.json")).err())
        .contains("neither safetensors nor npz");
    assertThat(refused("convert", "weights", file("no.json"), STATE, file("net.json")).err())
        .contains("no network file");
    assertThat(refused("convert", "weights", STRUCTURE, file("no"), file("net.json")).err())
        .contains("no state dict");
    assertThat(refused("convert", "state-dict", STRUCTURE, file("state.pt")).err())
        .contains(".safetensors or .npz");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aStructureAloneIsNoNetwork() {
    assertThat(refused("inspect", STRUCTURE).err()).contains("velella convert weights");
  }

  @Test
  void theWeightsOfAJsonLieBesideIt() throws IOException {
    done("convert", "weights", STRUCTURE, STATE, file("net.json"));
    Path json = folder.resolve("net.json");
    String text = Files.readString(json);
    for (String name : new String[] {"../net.safetensors", "/etc/passwd", "a\\\\b", "s3a:x"}) {
      Files.writeString(json, text.replace("net.safetensors", name));
      assertThat(refused("inspect", json.toString()).err()).contains("must lie beside it");
    }
    Files.writeString(json, text);
    Files.copy(
        Path.of(STATE), folder.resolve("net.safetensors"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(refused("inspect", json.toString()).err()).contains("Tensors [fc.2.w] are given");
    Files.delete(folder.resolve("net.safetensors"));
    assertThat(refused("inspect", json.toString()).err())
        .contains("no network file", "net.safetensors");
  }

  /** Most of it is no weight: the file has more bytes than an array may have, and few are read. */
  @Test
  void stateDictOfMoreThanTwoGibibytesIsRead() throws IOException {
    long unused = 3L << 30;
    String header =
        """
        {"epochs": {"dtype": "F64", "shape": [%d], "data_offsets": [0, %d]},\
         "fc.weight": {"dtype": "F32", "shape": [1, 2], "data_offsets": [%d, %d]}}\
        """
            .formatted(unused / 8, unused, unused, unused + 8);
    byte[] json = header.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer begin = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer weights = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel out =
        FileChannel.open(
            folder.resolve("large.safetensors"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      out.write(begin.putLong(json.length).put(json).flip());
      out.write(weights.putFloat(0.5f).putFloat(-2).flip(), 8 + json.length + unused);
    }
    Files.writeString(
        folder.resolve("structure.json"),
        """
        {"format": "velella-network", "version": 1, "nodes": [
          {"path": "input", "op": "input", "shape": [2]},
          {"path": "fc", "op": "linear", "weight": [1, 2]},
          {"path": "output", "op": "output"}]}
        """);

    done(
        "convert",
        "weights",
        file("structure.json"),
        file("large.safetensors"),
        file("net.json"),
        "--ignore=epochs");

    LinearOperation fc = (LinearOperation) network("net.json").node("fc").operation();
    assertThat(fc.weight().floats()).containsExactly(0.5f, -2);
  }

  @Test
  void prefixThatIsMissingIsNamedWithItsOption() throws IOException {
    StateDict given = StateDict.open(Files.readAllBytes(Path.of(STATE)), STATE);
    Map<String, Tensor> wrapped = new LinkedHashMap<>();
    given
        .read(given.entries().keySet())
        .forEach((name, tensor) -> wrapped.put("module." + name, tensor));
    try (OutputStream out = Files.newOutputStream(folder.resolve("wrapped.npz"))) {
      StateDict.write(out, wrapped, StateDict.Form.NPZ);
    }

    assertThat(refused("convert", "weights", STRUCTURE, file("wrapped.npz"), file("x.json")).err())
        .contains("take off the prefix (--prefix TEXT) 'module.'");
  }
}
