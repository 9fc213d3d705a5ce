package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.nir.NirImport;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkSource;
import org.velella.spark.job.StateDictFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella convert state-dict}: a network's weights for PyTorch, without Spark. */
@Command(
    name = "state-dict",
    description = "Write a network's weights as a state dict, under the names that PyTorch gives.",
    footer = {
      "",
      "Examples:",
      "  velella convert state-dict net.json state.safetensors",
      "  velella convert state-dict net.json state.safetensors --structure structure.json",
      "  velella convert state-dict net.nir state.npz --convention snntorch"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ConvertStateDictCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "NETWORK",
      description = "A network file; what 'convert network' reads.")
  private String in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "The state dict to write, .safetensors or .npz.")
  private String out;

  @Option(
      names = "--structure",
      paramLabel = "FILE",
      description =
          "The structure that the network was made of: write just the tensors that it needs, with"
              + " neuron parameters of one number. Default: without those.")
  private String structure;

  @Mixin private NirOptions nir;

  @Mixin private OverwriteOption overwrite;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Override
  public Integer call() {
    Configuration conf = new Configuration();
    StateDictFile.require(out, overwrite.existing(), conf);
    NirImport read = nir.read(in, conf);
    read.notes().forEach(said.reporter(spec)::message);
    int tensors =
        structure == null
            ? StateDictFile.write(read.network(), out, conf)
            : StateDictFile.write(
                read.network(), NetworkSource.structure(structure, conf), out, conf);
    PrintWriter lines = spec.commandLine().getOut();
    lines.println("%s: %d tensors".formatted(out, tensors));
    lines.flush();
    return ExitCode.DONE;
  }
}
