package org.velella.spark.cli;

import java.util.ArrayList;
import java.util.List;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.SweepAxes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code velella sweep}: a run whose batch is trials times samples. */
@Command(
    name = "sweep",
    description =
        "Simulate a network with many parameter values. The same command again continues the sweep;"
            + " more values extend it.",
    footer = {
      "",
      "Examples:",
      "  velella sweep --network net.nir --stimulus constant --steps 1000 --output run \\",
      "      --grid input.current=0:2:50 --grid lif.tau=0.01:0.05:5",
      "  velella sweep --network net.nir --input events.npy --steps 1000 --output run --sobol 4096 \\",
      "      --vary '*.tau=log-uniform:0.001:0.1'",
      "  velella sweep --network net.nir --input events.npy --steps 1000 --output run \\",
      "      --trials trials.csv --seeds 0:9"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class SweepCommand extends SimulateCommand {
  @Option(
      names = "--grid",
      paramLabel = "PATH=VALUES",
      description =
          "Values of a parameter: from:to:count, from:to:count:log, or a,b,c. Several grids make"
              + " all combinations. A * in the path stands for anything: *.tau=5,10.")
  private List<String> grids = new ArrayList<>();

  @Option(
      names = "--zip",
      paramLabel = "PATH=VALUES",
      description = "As --grid, but all parameters of --zip vary together.")
  private List<String> zips = new ArrayList<>();

  @Option(
      names = "--vary",
      paramLabel = "PATH=DISTRIBUTION",
      description =
          "A parameter to sample, with --random, --latin-hypercube or --sobol: uniform:from:to,"
              + " log-uniform:from:to, normal:mean:deviation, integers:from:to, choice:a,b,c.")
  private List<String> varied = new ArrayList<>();

  @Option(
      names = "--random",
      paramLabel = "N",
      description = "Sample what --vary names N times, independently.")
  private Long random;

  @Option(
      names = "--latin-hypercube",
      paramLabel = "N",
      description = "Sample N times by a Latin hypercube.")
  private Long latinHypercube;

  @Option(
      names = "--sobol",
      paramLabel = "N",
      description = "Sample N times by a scrambled Sobol sequence.")
  private Long sobol;

  @Option(
      names = "--space",
      paramLabel = "FILE|JSON",
      converter = GivenSpace.Converter.class,
      description =
          "A parameter space in JSON, in a file or here: {product|zip|union: [...]} of spaces or"
              + " 'path=values', or {random|latin-hypercube|sobol: {trials, seed, vary: [...]}}."
              + " In a job file it may be an object.")
  private GivenSpace space;

  @Option(
      names = "--trials",
      defaultValue = "",
      paramLabel = "FILE",
      description =
          "A table, CSV, Parquet or anything Spark reads: one trial per row, one parameter per"
              + " column, named by its path, and perhaps a column seed. An empty cell leaves what"
              + " the network has.")
  private String trials;

  @Option(
      names = "--trials-format",
      defaultValue = "auto",
      paramLabel = "FORMAT",
      description = "auto, or a Spark data source. Default: by the ending, else parquet.")
  private String trialsFormat;

  @Option(
      names = "--seeds",
      paramLabel = "LIST",
      description = "Run every point with each of these seeds: 1,2,3 or 0:99. Default: --seed.")
  private String seeds = "";

  @Override
  RunConfig.Builder config() {
    SweepAxes axes = new SweepAxes().grid(grids).zip(zips).vary(varied).seeds(seeds);
    sample(axes, SweepAxes.Sampling.RANDOM, random);
    sample(axes, SweepAxes.Sampling.LATIN_HYPERCUBE, latinHypercube);
    sample(axes, SweepAxes.Sampling.SOBOL, sobol);
    if (space != null) {
      axes.space(space.json());
    }
    axes.trials(trials, trialsFormat);
    return axes.addTo(super.config(), seed());
  }

  private static void sample(SweepAxes axes, SweepAxes.Sampling how, Long count) {
    if (count != null) {
      axes.sample(how, count);
    }
  }
}
