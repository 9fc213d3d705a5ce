package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.layer.LinearOperation;
import org.velella.network.Network;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkSource;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class ConvertAnnTest {
  private static final Path GOLDEN = Path.of("../core/src/test/resources/golden/ann2snn");
  private static final String STRUCTURE =
      """
      {"format": "velella-network", "version": 1, "nodes": [
        {"path": "input", "op": "input", "shape": [6]},
        {"path": "0", "op": "linear", "weight": [16, 6], "bias": [16]},
        {"path": "1", "op": "neuron", "model": "relu"},
        {"path": "2", "op": "linear", "weight": [12, 16], "bias": [12]},
        {"path": "3", "op": "neuron", "model": "relu"},
        {"path": "4", "op": "linear", "weight": [3, 12], "bias": [3]},
        {"path": "output", "op": "output"}]}
      """;

  @TempDir Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @BeforeEach
  void writeTheDenseNetwork() throws IOException {
    Files.writeString(folder.resolve("structure.json"), STRUCTURE);
    CommandLineRun run =
        CommandLineRun.of(
            "convert",
            "weights",
            file("structure.json"),
            GOLDEN.resolve("state.safetensors").toString(),
            file("ann.json"));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
  }

  private CommandLineRun convert(String... more) {
    String[] args = {
      "convert", "ann", file("ann.json"), GOLDEN.resolve("calibration.npy").toString()
    };
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return CommandLineRun.of(all);
  }

  /** The scales are those that SpikingJelly finds, see golden/ann2snn. */
  @Test
  void theSpikingNetworkIsWrittenWithItsScales() {
    CommandLineRun run = convert(file("snn.json"));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).contains("3.40065", "4.94093", "readout", "snn.json: 8 nodes");
    assertThat(run.err()).contains("readout readout is added");
    Network spiking = NetworkSource.read(file("snn.json"), "norse", 1e-4);
    assertThat(spiking.node("1").operation().kind()).isEqualTo("if_soft");
    float[] before =
        ((LinearOperation)
                NetworkSource.read(file("ann.json"), "norse", 1e-4).node("0").operation())
            .weight()
            .floats();
    float[] after = ((LinearOperation) spiking.node("0").operation()).weight().floats();
    assertThat(after[5]).isEqualTo((float) (before[5] / (double) 3.400653600692749f));
  }

  /** One layer without rectifiers is a network that NIR has, too. */
  @Test
  void whoReadsTheFileIsToldHow() throws IOException {
    String text =
        """
        {"format": "velella-network", "version": 1, "nodes": [
          {"path": "input", "op": "input", "shape": [6]},
          {"path": "0", "op": "linear", "weight": [16, 6], "bias": [16]},
          {"path": "output", "op": "output"}]}
        """;
    Files.writeString(folder.resolve("structure.json"), text);
    String state = GOLDEN.resolve("state.safetensors").toString();
    CommandLineRun.of(
        "convert",
        "weights",
        file("structure.json"),
        state,
        file("ann.json"),
        "--overwrite",
        "--ignore=2.*",
        "--ignore=4.*");
    CommandLineRun run = convert(file("snn.nir"), "--readout=values");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.err()).contains("snn.nir does not hold how its equations become steps");
  }

  @Test
  void optionsSayTheRuleAndTheReadout() {
    CommandLineRun run =
        convert(
            file("snn.safetensors"),
            "--mode=99%",
            "--channel-wise",
            "--half-threshold",
            "--readout=values");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).contains("16", "12").doesNotContain("readout");
    Network spiking = NetworkSource.read(file("snn.safetensors"), "norse", 1e-4);
    assertThat(spiking.node("3").operation().kind()).isEqualTo("half_threshold_if");
  }

  @Test
  void whatCannotBeConvertedIsRefusedAndNothingWritten() throws IOException {
    assertThat(convert(file("snn.json"), "--mode=most").err()).contains("'most' is no rule");
    Path wrong = folder.resolve("wrong.npy");
    Files.write(wrong, Npy.toBytes(Tensor.of(Shape.of(2, 5), new float[10])));
    CommandLineRun run =
        CommandLineRun.of("convert", "ann", file("ann.json"), wrong.toString(), file("snn.json"));
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("[2, 5]", "6 elements in each row");
    CommandLineRun spiking =
        CommandLineRun.of(
            "convert", "ann", "example/orientations.nir", wrong.toString(), file("snn.json"));
    assertThat(spiking.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(folder.resolve("snn.json")).doesNotExist();
  }
}
