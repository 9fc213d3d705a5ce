package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.velella.backend.Backends;
import org.velella.spark.bench.Bench;
import org.velella.spark.bench.BenchOptions;
import org.velella.spark.bench.Measurement;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella bench}: measures the engine on this machine. */
@Command(
    name = "bench",
    description = "Measure the engine on this machine; every benchmark checks its own answer.",
    footer = {
      "",
      "Examples:",
      "  velella bench",
      "  velella bench --threads 1 --runs 5 --format json",
      "  velella bench W6 --only 1000 --at-least of_plain_copy=0.6"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class BenchCommand implements Callable<Integer> {
  private enum Format {
    JSON,
    TABLE
  }

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description =
          "kernels, W1, W2, W3, W4 (sweeps), W5 (recurrent networks), W6 (checkpoints), net-cnn (a CNN on events); W1-job, W3-job, W4-job as whole Spark jobs; net for a network of yours."
              + " Default: kernels, W1, W2, W3, W4, W5, W6, net-cnn.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--threads",
      split = ",",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Threads to measure with, such as 1,2; the ratio of_one_thread then says how many times as fast two are. Default: ${DEFAULT-VALUE}.")
  private List<Integer> threads;

  @Option(
      names = "--runs",
      defaultValue = "5",
      paramLabel = "R",
      description = "Timed runs of each variant. Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--only",
      defaultValue = "",
      paramLabel = "PART",
      description = "Only variants with this in their name, such as 'linear 1024' or 'T=16'.")
  private String only;

  @Option(
      names = "--at-least",
      paramLabel = "RATIO=VALUE",
      description =
          "End with exit code 1 if a measurement has less of this ratio, such as of_plain_copy=0.6, or if none has it. May be repeated.")
  private Map<String, Double> floors = new TreeMap<>();

  @Option(
      names = "--format",
      defaultValue = "json",
      description = "json: one line per measurement; table: for people. Default: ${DEFAULT-VALUE}.")
  private Format format;

  @Option(
      names = "--backend",
      defaultValue = "auto",
      paramLabel = "NAME",
      description = "auto, or a backend's name.")
  private String backend;

  @Option(names = "--network", paramLabel = "FILE", description = "For net: the network.")
  private String network;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "For net: a .npy of events [E,3]: sample, step, index.")
  private String input;

  @Option(names = "--steps", paramLabel = "T", description = "For net: steps to simulate.")
  private int steps;

  @Option(
      names = "--convention",
      defaultValue = "norse",
      paramLabel = "NAME",
      description = "For net: how NIR's equations become steps. Default: ${DEFAULT-VALUE}.")
  private String convention;

  @Option(
      names = "--dt",
      defaultValue = "1e-4",
      paramLabel = "SECONDS",
      description = "For net: time of one step. Default: ${DEFAULT-VALUE}.")
  private double dt;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    List<String> wanted = names.isEmpty() ? new ArrayList<>(Bench.names()) : names;
    if (names.isEmpty()) {
      wanted.remove(Bench.NETWORK);
    }
    for (String name : wanted) {
      if (!Bench.names().contains(name) && !Bench.jobs().contains(name)) {
        throw new UsageException(
            "Unknown benchmark '%s'; known are %s, %s"
                .formatted(
                    name, String.join(", ", Bench.names()), String.join(", ", Bench.jobs())));
      }
    }
    BenchOptions options = options();
    warnOfEnvironment();
    Backends.Choice choice = Backends.load().select(backend);
    spec.commandLine()
        .getErr()
        .println("velella: backend " + choice.backend().name() + ": " + choice.reason());
    RatioFloors watched = new RatioFloors(floors);
    Consumer<Measurement> sink =
        measured -> {
          print(measured);
          watched.look(measured);
        };
    for (String name : wanted) {
      if (Bench.jobs().contains(name)) {
        spark.with(
            "velella bench " + name,
            session -> {
              Bench.runJob(name, session, choice.backend(), options, sink);
              return ExitCode.DONE;
            });
      } else {
        Bench.run(name, choice.backend(), options, sink);
      }
    }
    List<String> failures = watched.failures();
    failures.forEach(line -> spec.commandLine().getErr().println("velella: " + line));
    return failures.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }

  private BenchOptions options() {
    try {
      BenchOptions.Subject subject = null;
      if (names.contains(Bench.NETWORK)) {
        if (network == null || input == null || steps < 1) {
          throw new UsageException("bench net needs --network, --input and --steps");
        }
        subject = new BenchOptions.Subject(network, convention, dt, input, steps);
      }
      return new BenchOptions(threads, runs, only, subject);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  /** With these set, OpenBLAS may run kernels of an older processor, and ND4J looks slow. */
  private void warnOfEnvironment() {
    for (String variable : List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")) {
      if (System.getenv(variable) != null) {
        spec.commandLine()
            .getErr()
            .println(
                "velella: %s is set, which slows ND4J down; unset it for a fair comparison"
                    .formatted(variable));
      }
    }
  }

  private void print(Measurement measured) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(format == Format.JSON ? measured.toJson() : row(measured));
    out.flush();
  }

  private static String row(Measurement measured) {
    String what =
        measured.params().containsKey("kernel")
            ? measured.params().get("kernel")
            : measured.params().toString();
    String rates =
        measured.work().entrySet().stream()
            .map(
                work ->
                    Quantity.of(work.getValue() / measured.medianSeconds())
                        + " "
                        + work.getKey()
                        + "/s")
            .collect(Collectors.joining(", "));
    String ratios =
        measured.ratios().entrySet().stream()
            .map(ratio -> String.format(Locale.ROOT, "%s %.2f", ratio.getKey(), ratio.getValue()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%-8s %-34s x%d  %-36s %s",
        measured.workload(),
        what,
        measured.threads(),
        rates,
        ratios);
  }
}
