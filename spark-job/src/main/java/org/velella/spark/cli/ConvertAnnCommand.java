package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.Network;
import org.velella.network.nir.NirImport;
import org.velella.rate.Granularity;
import org.velella.rate.RateConversion;
import org.velella.rate.Readout;
import org.velella.rate.ScaleRule;
import org.velella.rate.Start;
import org.velella.spark.job.CalibrationFile;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkSource;
import org.velella.spark.job.NetworkTarget;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella convert ann}: a network of rectifiers as a spiking one, without Spark. */
@Command(
    name = "ann",
    description = "Make a rate-coded spiking network of a dense network of rectifiers (ReLU).",
    footer = {
      "",
      "Examples:",
      "  velella convert ann ann.json calibration.npy snn.json",
      "  velella convert ann ann.json calibration.npy snn.json --mode 99.9%% --channel-wise"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ConvertAnnCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "ANN",
      description = "A network file whose neurons are of the model relu.")
  private String ann;

  @Parameters(
      index = "1",
      paramLabel = "CALIBRATION",
      description = "Inputs such as the network will see: .npy, [N, ...].")
  private String calibration;

  @Parameters(
      index = "2",
      paramLabel = "OUT",
      description = "The network to write; what 'convert network' writes.")
  private String out;

  @Option(
      names = "--mode",
      defaultValue = "max",
      paramLabel = "RULE",
      description =
          "Which activation becomes a spike at every step: max, the largest one; 99.9%%, that"
              + " percentile of all; 0.5 or 1/2, that fraction of the largest. Default:"
              + " ${DEFAULT-VALUE}.")
  private String mode;

  @Option(
      names = "--channel-wise",
      description = "Find such an activation for each channel. Default: for each layer.")
  private boolean channelWise;

  @Option(
      names = "--half-threshold",
      description =
          "Start the neurons half way to their threshold, which rounds rates to the nearest. Default:"
              + " at 0, which rounds them down.")
  private boolean halfThreshold;

  @Option(
      names = "--readout",
      defaultValue = "spikes",
      paramLabel = "FORM",
      description =
          "Outputs that are no rectifiers: spikes, from neurons that are added, so that the most"
              + " spikes mean the largest output; or values, as they are. Default: ${DEFAULT-VALUE}.")
  private Readout readout;

  @Mixin private OverwriteOption overwrite;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Override
  public Integer call() {
    Configuration conf = new Configuration();
    NetworkTarget target = NetworkTarget.of(out, overwrite.existing(), conf);
    Reporter reporter = said.reporter(spec);
    RateConversion.Converted converted;
    try {
      NirImport read = NetworkSource.readWithNotes(ann, "norse", 1e-4, conf);
      read.notes().forEach(reporter::message);
      Network dense = read.network();
      RateConversion conversion =
          RateConversion.of(dense)
              .rule(ScaleRule.parse(mode))
              .granularity(channelWise ? Granularity.CHANNEL : Granularity.LAYER)
              .readout(readout)
              .start(halfThreshold ? Start.HALF_THRESHOLD : Start.ZERO);
      try (CalibrationFile data = CalibrationFile.open(calibration, dense, conf)) {
        converted = conversion.convert(data);
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "Cannot convert %s: %s".formatted(ann, OptionNames.ANN.in(e.getMessage())), e);
    }
    converted.notes().forEach(reporter::message);
    NetworkTarget.Written written = target.write(converted.network());
    print(converted);
    WrittenNetwork.print(spec, out, written, reporter);
    return ExitCode.DONE;
  }

  private void print(RateConversion.Converted converted) {
    PrintWriter lines = spec.commandLine().getOut();
    TextTable table = new TextTable("neurons", "scales", "smallest", "largest");
    converted
        .scales()
        .forEach(
            (path, scales) ->
                table.add(
                    path,
                    Integer.toString(scales.length),
                    number(Arrays.stream(scales).min().orElseThrow()),
                    number(Arrays.stream(scales).max().orElseThrow())));
    table.print(lines);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
