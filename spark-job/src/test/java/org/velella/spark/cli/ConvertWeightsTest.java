package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.layer.LinearOperation;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.exchange.StateDict;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkSource;

class ConvertWeightsTest {
  private static final Path RECIPE =
      Path.of("../core/src/test/resources/golden/recipes/spikingjelly");
  private static final String STRUCTURE = RECIPE.resolve("structure.json").toString();
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

  @Test
  void batchNormsAreFoldedIfAsked() {
    CommandLineRun run =
        done("convert", "weights", STRUCTURE, STATE, file("net.json"), "--fold-batch-norm");
    assertThat(run.err()).contains("batch norm conv.1 is folded into conv.0");
    assertThat(network("net.json").nodes()).hasSize(8);
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingWritten() throws IOException {
    String norse = RECIPE.resolveSibling("norse").resolve("state.npz").toString();
    assertThat(refused("convert", "weights", STRUCTURE, norse, file("net.json")).err())
        .contains("missing: conv.0.weight", "without a use: 0.bias");
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
}
