package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NirDataExport;
import org.velella.spark.job.RunTables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella convert spikes}: what a run has recorded, as a file of NIR data. */
@Command(
    name = "spikes",
    description = "Write the recorded spikes and variables of a run as a file of NIR data.",
    footer = {"", "Examples:", "  velella convert spikes run recorded.nir"},
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ConvertSpikesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run directory.")
  private String run;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "The file to write: HDF5, which nir.read_data opens; spikes as events, variables as one"
              + " number per neuron and step.")
  private String out;

  @Mixin private OverwriteOption overwrite;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    return spark.with(
        "velella convert spikes " + run,
        session -> {
          NirDataExport.Written written =
              NirDataExport.write(
                  RunTables.open(session, run),
                  out,
                  overwrite.existing(),
                  session.sparkContext().hadoopConfiguration());
          PrintWriter lines = spec.commandLine().getOut();
          lines.println(
              "%s: %d samples of %s"
                  .formatted(out, written.samples(), String.join(", ", written.observables())));
          lines.flush();
          return ExitCode.DONE;
        });
  }
}
