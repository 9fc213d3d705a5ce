package org.velella.spark.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.Network;
import org.velella.network.exchange.BatchNormFolding;
import org.velella.network.exchange.StateDictException;
import org.velella.network.exchange.WeightLoading;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkSource;
import org.velella.spark.job.NetworkTarget;
import org.velella.spark.job.StateDictFile;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella convert weights}: a state dict into a network's structure, without Spark. */
@Command(
    name = "weights",
    description = "Put the weights of a PyTorch state dict into a network's structure.",
    footer = {
      "",
      "Examples:",
      "  velella convert weights layers.json state.safetensors net.json",
      "  velella convert weights structure.json state.npz net.json --fold-batch-norm \\",
      "      --prefix module. --ignore '*.mem'"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ConvertWeightsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "STRUCTURE",
      description =
          "What the weights belong to: a layers.json that the recipe for PyTorch has left, or a"
              + " network.json with nodes, edges, sizes and neurons, whose weights are not read.")
  private String structure;

  @Parameters(
      index = "1",
      paramLabel = "STATE",
      description = "The state dict, as .safetensors or .npz, of any float type.")
  private String state;

  @Parameters(
      index = "2",
      paramLabel = "OUT",
      description = "The network to write; what 'convert network' writes.")
  private String out;

  @Option(
      names = "--fold-batch-norm",
      description =
          "Fold batch norms into the convolution or linear layer before them. The network becomes"
              + " another one, with weights and a digest of its own.")
  private boolean fold;

  @Option(
      names = "--prefix",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "Take this off the beginning of every name in the state dict.")
  private String prefix;

  @Option(
      names = "--ignore",
      paramLabel = "NAME",
      description =
          "Leave out tensors of this name; * stands for any text. May come several times.")
  private List<String> ignored = new ArrayList<>();

  @Mixin private OverwriteOption overwrite;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Override
  public Integer call() {
    Configuration conf = new Configuration();
    NetworkTarget target = NetworkTarget.of(out, overwrite.existing(), conf);
    Reporter reporter = said.reporter(spec);
    Network network;
    try {
      WeightLoading loading = NetworkSource.weightLoading(structure, conf).withoutPrefix(prefix);
      ignored.forEach(loading::ignore);
      WeightLoading.Loaded loaded = loading.load(StateDictFile.read(state, conf));
      loaded.notes().forEach(reporter::message);
      network = loaded.network();
      if (fold) {
        BatchNormFolding.Folded folded = BatchNormFolding.fold(network);
        folded.notes().forEach(reporter::message);
        network = folded.network();
      }
    } catch (StateDictException e) {
      throw new UsageException(OptionNames.WEIGHTS.in(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "Cannot put %s into %s: %s".formatted(state, structure, e.getMessage()), e);
    }
    WrittenNetwork.print(spec, out, target.write(network), reporter);
    return ExitCode.DONE;
  }
}
