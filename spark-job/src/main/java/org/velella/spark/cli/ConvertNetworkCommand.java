package org.velella.spark.cli;

import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.nir.NirImport;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkTarget;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella convert network}: a network file in another form, without Spark. */
@Command(
    name = "network",
    description = "Write a network file in another form; the names' endings say which forms.",
    footer = {
      "",
      "Examples:",
      "  velella convert network net.nir net.json --convention snntorch --dt 1e-3",
      "  velella convert network net.json net.safetensors",
      "  velella convert network net.safetensors net.nir --convention snntorch"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ConvertNetworkCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "A network file: .nir, or .json or .safetensors of Velella's own form.")
  private String in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "The file to write: .json, with the weights in a .safetensors beside it, .safetensors alone,"
              + " or .nir.")
  private String out;

  @Mixin private NirOptions nir;

  @Mixin private OverwriteOption overwrite;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Override
  public Integer call() {
    Configuration conf = new Configuration();
    NetworkTarget target = NetworkTarget.of(out, overwrite.existing(), conf);
    NirImport read = nir.read(in, conf);
    read.notes().forEach(said.reporter(spec)::message);
    WrittenNetwork.print(spec, out, target.write(read), said.reporter(spec));
    return ExitCode.DONE;
  }
}
