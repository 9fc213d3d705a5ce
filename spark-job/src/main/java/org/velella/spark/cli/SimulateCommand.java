package org.velella.spark.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.InputSources;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.Manner;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code velella simulate}: options into a {@link RunConfig}, and a {@link SimulateJob}. */
@Command(
    name = "simulate",
    description = "Simulate a network on data. The same command again continues the run.",
    footer = {
      "",
      "Examples:",
      "  velella simulate --network net.nir --input events.parquet --steps 1000 --output run",
      "  velella simulate --network net.nir --stimulus constant:current=1.5 --steps 1000 \\",
      "      --record spikes,v:lif --output run",
      "  velella simulate --config job.yaml --network net.nir --steps 1000 --output run --dry-run"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
class SimulateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--network",
      required = true,
      paramLabel = "FILE",
      description = "The network: a NIR file, or one in Velella's own format.")
  private String network;

  @Option(
      names = "--convention",
      defaultValue = "norse",
      paramLabel = "NAME",
      description =
          "How NIR's equations become steps: norse, snntorch, sinabs, rockpool, spyx or"
              + " spikingjelly, and changes such as norse,reset=subtract. Default: norse.")
  private String convention;

  @Option(
      names = "--dt",
      defaultValue = "1e-4",
      paramLabel = "SECONDS",
      converter = Seconds.class,
      description =
          "Time of one step, in seconds or with a unit, such as '0.1 ms'. Default:"
              + " ${DEFAULT-VALUE}.")
  private double dt;

  @Option(
      names = "--input",
      defaultValue = "",
      paramLabel = "PATH",
      description =
          "The data: Parquet (or anything Spark reads) with sample_id and input or events; or .npy"
              + " [N,F], [T,N,F], or events [E,3] of sample, step, index.")
  private String input;

  @Option(
      names = "--stimulus",
      defaultValue = "",
      paramLabel = "KIND:NAME=VALUE",
      description =
          "Input that is computed instead of read, such as constant:current=0.5; also step, ramp,"
              + " sine, white, ou, poisson, 'equation:a*exp(-t/tau);a=2,tau=0.01'.")
  private String stimulus;

  @Option(
      names = "--input-format",
      defaultValue = "auto",
      paramLabel = "FORMAT",
      description = "auto, npy, or a Spark data source. Default: by the ending, else parquet.")
  private String inputFormat;

  @Option(
      names = "--input-layout",
      defaultValue = "auto",
      paramLabel = "LAYOUT",
      description = "What a .npy array of 3 columns is: dense, events, or auto.")
  private String inputLayout;

  @Option(
      names = "--input-option",
      paramLabel = "KEY=VALUE",
      description = "An option of the Spark data source; may be given several times.")
  private Map<String, String> inputOptions = new LinkedHashMap<>();

  @Option(
      names = "--samples",
      defaultValue = "0",
      paramLabel = "N|FROM:TO",
      description =
          "Number of samples (0: as many as the input has); or the ids of those that this command"
              + " works on, of FROM:TO without TO. Several are separated by commas.")
  private String samples;

  @Option(names = "--steps", required = true, paramLabel = "T", description = "Steps to simulate.")
  private long steps;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "RUN",
      description = "The run directory: new, or of the same run.")
  private String output;

  @Option(
      names = "--record",
      defaultValue = "",
      paramLabel = "WHAT",
      description =
          "What to record over time, separated by commas: spikes, spikes:NODE, VARIABLE:NODE such"
              + " as v:lif. Default: only results.")
  private String record;

  @Option(
      names = "--metrics",
      defaultValue = "",
      paramLabel = "WHAT",
      description =
          "Further columns of the results, separated by commas: isi (mean and variation of the"
              + " intervals between spikes), fano:STEPS (Fano factor of the outputs' spikes in"
              + " windows), operations or operations:AC:MAC (spikes, synaptic operations, additions,"
              + " multiplications with an addition and energy of every node, with so many picojoules"
              + " for one; 0.9 and 4.6). Default: counts, first spikes, rate.")
  private String metrics;

  @Option(
      names = "--metric",
      paramLabel = "NAME=SQL",
      description =
          "A further column of the results and of metrics/: a Spark SQL expression over the columns"
              + " of one row and dt, such as 'all=aggregate(spike_counts, 0, (a, x) -> a + x)'; may"
              + " be given several times. The run keeps it; 'NAME=' takes it away.")
  private Map<String, String> userMetrics = new LinkedHashMap<>();

  @Option(
      names = "--stop-when",
      defaultValue = "",
      paramLabel = "CONDITION",
      description =
          "Stop a sample early, of spikes so far: 'rate > 200 and t > 0.1'; also max_rate,"
              + " min_rate, spikes, step. Each trial on each sample stops by itself.")
  private String stopWhen;

  @Option(
      names = "--stop-every",
      defaultValue = "" + StopRule.USUAL_EVERY,
      paramLabel = "STEPS",
      description = "Steps from one look at --stop-when to the next. Default: ${DEFAULT-VALUE}.")
  private int stopEvery;

  @Option(
      names = "--checkpoint-every",
      defaultValue = "0",
      paramLabel = "STEPS",
      description =
          "Steps between two checkpoints; 0: one at the end; auto: as often as is worth it.")
  private String checkpointEvery;

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "SEED",
      description = "Seed of all random numbers.")
  private long seed;

  @Mixin private MannerOptions manner;

  @Option(
      names = "--range-size",
      defaultValue = "0",
      paramLabel = "N",
      description = "Samples of one unit of checkpoint and output; 0: chosen. Fixed for a run.")
  private int rangeSize;

  @Mixin private CommonOptions common;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    RunConfig run = config().build();
    Summary summary = new Summary(spec.commandLine().getOut());
    Reporter reporter = said.reporter(spec);
    return spark.with(
        spec.qualifiedName() + " " + output,
        session -> {
          if (common.dryRun()) {
            summary.print(SimulateJob.plan(session, run, reporter), output);
            return ExitCode.DONE;
          }
          RunOutcome outcome = SimulateJob.run(session, run, reporter);
          summary.print(session, output, outcome, common.show());
          return outcome.exitCode();
        });
  }

  /** What {@code --seed} says. */
  long seed() {
    return seed;
  }

  /** What the options say. */
  RunConfig.Builder config() {
    if (input.isEmpty() == stimulus.isEmpty()) {
      throw new UsageException("Give --input PATH or --stimulus KIND:NAME=VALUE, one of the two");
    }
    SamplesOption which = SamplesOption.of(samples);
    RunConfig.Builder builder =
        RunConfig.builder()
            .network(network)
            .convention(convention)
            .dt(dt)
            .input(stimulus.isEmpty() ? input : stimulus)
            .inputFormat(stimulus.isEmpty() ? inputFormat : InputSources.STIMULUS)
            .inputLayout(inputLayout)
            .samples(which.count())
            .steps(steps)
            .output(output)
            .record(record)
            .metrics(metrics)
            .userMetrics(userMetrics)
            .stopWhen(stopWhen, stopEvery)
            .checkpointEvery(every(checkpointEvery))
            .seed(seed)
            .manner(manner.manner(which.ids()))
            .rangeSize(rangeSize);
    inputOptions.forEach(builder::inputOption);
    return builder;
  }

  /** Steps, or {@code auto}. */
  static long every(String text) {
    if (text.equals("auto")) {
      return Manner.AUTO;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw new UsageException(
          "--checkpoint-every is %s; give a number of steps, 0 for only at the end, or auto"
              .formatted(text));
    }
    return Long.parseLong(text);
  }
}
