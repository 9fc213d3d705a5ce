package org.velella.spark.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.backend.Backend;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.SimulateJob;
import org.velella.tensor.Npy;
import org.velella.tensor.Tensor;

/**
 * A workload as a whole Spark job: from a network file and an input file to published results, with
 * a checkpoint at the end.
 */
final class JobWorkload {
  private final String name;
  private final Map<String, String> params;
  private final Network network;
  private final Tensor input;
  private final long samples;
  private final int steps;
  private final Map<String, Double> work;
  private final long expectedSpikes;

  /**
   * @param input {@code [T, N, F]}, or {@code [N, F]} held for all steps
   * @param work of one run, by unit
   * @param expectedSpikes of all outputs; -1 if they are not known from elsewhere
   */
  JobWorkload(
      String name,
      Map<String, String> params,
      Network network,
      Tensor input,
      long samples,
      int steps,
      Map<String, Double> work,
      long expectedSpikes) {
    this.name = name;
    this.params = params;
    this.network = network;
    this.input = input;
    this.samples = samples;
    this.steps = steps;
    this.work = work;
    this.expectedSpikes = expectedSpikes;
  }

  void run(SparkSession spark, Backend backend, int runs, Consumer<Measurement> sink) {
    try {
      Path folder = Files.createTempDirectory("velella-bench");
      try {
        sink.accept(run(folder, spark, backend, runs));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write what " + name + " needs: " + e.getMessage(), e);
    }
  }

  private Measurement run(Path folder, SparkSession spark, Backend backend, int runs)
      throws IOException {
    HeapPeak.reset();
    Path networkFile = folder.resolve("network.safetensors");
    Path inputFile = folder.resolve("input.npy");
    Files.write(networkFile, NetworkCodec.toBytes(network));
    Files.write(inputFile, Npy.toBytes(input));
    double[] seconds = new double[runs];
    long spikes = 0;
    for (int run = -1; run < runs; run++) {
      Path output = folder.resolve("run" + run);
      RunConfig config =
          RunConfig.builder()
              .network(networkFile.toString())
              .input(inputFile.toString())
              .inputLayout("dense")
              .steps(steps)
              .backend(backend.name())
              .output(output.toString())
              .build();
      long start = System.nanoTime();
      RunOutcome outcome = SimulateJob.run(spark, config);
      // The first run warms up.
      seconds[Math.max(run, 0)] = (System.nanoTime() - start) / 1e9;
      WrongAnswerException.require(name + " samples", samples, outcome.samples());
      spikes = spikes(spark, output);
      if (expectedSpikes >= 0) {
        WrongAnswerException.require(name + " spikes", expectedSpikes, spikes);
      }
      delete(output);
    }
    Answers.requireSpikes(name, spikes);
    return new Measurement(
        name,
        "velella " + backend.name() + " on Spark " + spark.version(),
        spark.sparkContext().defaultParallelism(),
        params,
        seconds,
        work,
        "spikes " + spikes,
        Map.of());
  }

  private static long spikes(SparkSession spark, Path run) {
    Row sum =
        RunTables.open(spark, run.toString())
            .results()
            .selectExpr("sum(aggregate(spike_counts, 0L, (sum, count) -> sum + count))")
            .first();
    return sum.getLong(0);
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.delete(file);
      }
    }
  }
}
