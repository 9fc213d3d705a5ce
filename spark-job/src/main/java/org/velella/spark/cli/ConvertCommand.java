package org.velella.spark.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code velella convert}: files from one form into another; one command inside for each kind. */
@Command(
    name = "convert",
    description =
        "Convert networks, weights and data between the forms that Velella reads and writes.",
    subcommands = {
      ConvertNetworkCommand.class,
      ConvertWeightsCommand.class,
      ConvertStateDictCommand.class,
      ConvertAnnCommand.class,
      ConvertDataCommand.class,
      ConvertSpikesCommand.class
    },
    synopsisSubcommandLabel = "KIND",
    footer = {
      "",
      "Examples:",
      "  velella convert network net.nir net.json --convention snntorch",
      "  velella convert weights structure.json state.safetensors net.json",
      "  velella convert ann ann.json calibration.npy snn.json --mode 99.9%%",
      "  velella convert data DvsGesture/ gesture.parquet --frames 16",
      "  velella convert network --help"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class)
final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "Say what to convert, one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
