package org.velella.spark.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.IoReason;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.UsageException;
import org.velella.spark.plot.Figure;
import org.velella.spark.plot.Plots;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella plot}: a figure of a run, as a file. */
@Command(
    name = "plot",
    description = "Draw a figure of a run.",
    footer = {
      "",
      "Examples:",
      "  velella plot fi-curve run --x input.current --series lif.tau --output fi.svg",
      "  velella plot raster run --sample 3 --output raster.png"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class PlotCommand implements Callable<Integer> {
  /** What can be drawn. */
  enum Kind {
    RASTER,
    TRACE,
    FI_CURVE,
    HEATMAP,
    HISTOGRAM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description =
          "raster (spikes and rate), trace (a recorded variable), fi-curve (rate over a parameter),"
              + " heatmap (over two), histogram (spike counts).")
  private String kind;

  @Parameters(index = "1", paramLabel = "RUN", description = "The run directory.")
  private String run;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The figure: .svg, .png or .html.")
  private Path output;

  @Option(names = "--trial", paramLabel = "ID", description = "raster, trace: the trial.")
  private Long trial;

  @Option(names = "--sample", paramLabel = "ID", description = "raster, trace: the sample.")
  private Long sample;

  @Option(names = "--node", paramLabel = "NODE", description = "raster, trace: only this node.")
  private String node;

  @Option(
      names = "--variable",
      defaultValue = "v",
      paramLabel = "NAME",
      description = "trace: the variable. Default: ${DEFAULT-VALUE}.")
  private String variable;

  @Option(
      names = "--neurons",
      split = ",",
      paramLabel = "N",
      description = "trace: the neurons. Default: the first.")
  private List<Integer> neurons = new ArrayList<>();

  @Option(names = "--x", paramLabel = "PATH", description = "fi-curve, heatmap: the parameter.")
  private String x;

  @Option(names = "--y", paramLabel = "PATH", description = "heatmap: the other parameter.")
  private String y;

  @Option(
      names = "--series",
      paramLabel = "PATH",
      description = "fi-curve: a parameter for whose values there are lines of their own.")
  private String series;

  @Option(
      names = "--metric",
      paramLabel = "SQL",
      description =
          "fi-curve, heatmap: what is shown, an expression over the results. Default: the mean"
              + " rate of the output neurons in hertz.")
  private String metric;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    Kind chosen = kind();
    return spark.with(
        "velella plot " + run,
        session -> {
          Plots plots = new Plots(RunTables.open(session, run));
          Figure figure = figure(chosen, plots);
          try {
            figure.save(output);
          } catch (IOException e) {
            throw new UsageException("Cannot write the figure: " + IoReason.of(e), e);
          } catch (IllegalArgumentException e) {
            throw new UsageException("Cannot write the figure: " + e.getMessage(), e);
          }
          spec.commandLine().getOut().println(output);
          return ExitCode.DONE;
        });
  }

  private Kind kind() {
    for (Kind each : Kind.values()) {
      if (each.toString().equals(kind)) {
        return each;
      }
    }
    throw new UsageException(
        "There is no figure '%s'; there are %s".formatted(kind, List.of(Kind.values())));
  }

  private Figure figure(Kind chosen, Plots plots) {
    Plots.Part part = new Plots.Part(trial, sample, node);
    String shown = metric == null ? plots.rate() : metric;
    String label = metric == null ? "rate (Hz)" : metric;
    return switch (chosen) {
      case RASTER -> plots.raster(part);
      case TRACE ->
          plots.trace(part, variable, neurons.stream().mapToInt(Integer::intValue).toArray());
      case FI_CURVE -> plots.curve(require("--x", x), shown, label, series);
      case HEATMAP -> plots.heatMap(require("--x", x), require("--y", y), shown, label);
      case HISTOGRAM -> plots.histogram();
    };
  }

  private String require(String option, String value) {
    if (value == null) {
      throw new UsageException("%s needs %s: a parameter of the sweep".formatted(kind, option));
    }
    return value;
  }
}
