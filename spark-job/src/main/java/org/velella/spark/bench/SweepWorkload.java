package org.velella.spark.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.velella.backend.Backend;
import org.velella.layer.LinearOperation;
import org.velella.module.Samples;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.provenance.CanonicalJson;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.spark.frame.InputSources;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.SimulateJob;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * W4: a sweep of S trials, each of 100 leaky neurons with a time constant, threshold and current of
 * its own, for 1000 steps; what comes out are spike counts. As tiles of one engine, and as a whole
 * Spark job.
 */
final class SweepWorkload implements Workload {
  private static final String NAME = "W4";
  private static final int NEURONS = 100;
  private static final int STEPS = 1000;
  private static final int TRIALS = 10_000;
  private static final int JOB_TRIALS = 100_000;
  private static final int TILE = 256;

  /** Of the first 10,000 trials, as other engines count. */
  private static final double MEAN_COUNT = 131.630;

  private static final double TOLERANCE = 1e-3;

  /** How the step divides by the time constant. */
  private enum Decay {
    RECIPROCAL("derive k = 1 / tau", "v + (x - v) * k"),
    DIVISION("", "v + (x - v) / tau");

    private final String derived;
    private final String charge;

    Decay(String derived, String charge) {
      this.derived = derived;
      this.charge = charge;
    }
  }

  private static Network network(Decay decay) {
    NeuronModel lif =
        NeuronModel.parse(
            """
            model lif
              parameter tau = 2, v_threshold = 1
              require tau > 1
              %s
              memory v = 0
              charge h = %s
              fire s = h >= v_threshold
              reset v = where(s, 0, h)
            """
                .formatted(decay.derived, decay.charge));
    float[] gains = new float[NEURONS];
    for (int j = 0; j < NEURONS; j++) {
      gains[j] = (float) (0.8 + 0.4 * j / (NEURONS - 1));
    }
    return Network.builder()
        .node("input", new InputOperation(Shape.of(1)))
        .node("gain", new LinearOperation(Tensor.of(Shape.of(NEURONS, 1), gains), null))
        .node("lif", new NeuronOperation(lif, Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "gain")
        .edge("gain", "lif")
        .edge("lif", "output")
        .build();
  }

  private static double tau(int trial) {
    return 2 + 18 * Hash.uniform(3 * trial, 41);
  }

  private static double threshold(int trial) {
    return 0.5 + Hash.uniform(3 * trial + 1, 41);
  }

  private static double current(int trial) {
    return 3 * Hash.uniform(3 * trial + 2, 41);
  }

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    for (Decay decay : Decay.values()) {
      String variant = decay.name().toLowerCase(Locale.ROOT);
      for (int threads : options.threads()) {
        if (options.wants(variant)) {
          sink.accept(measure(decay, variant, backend, threads, options.runs()));
        }
      }
    }
  }

  private static Measurement measure(
      Decay decay, String variant, Backend backend, int threads, int runs) {
    Network network = network(decay);
    List<Part> parts = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      parts.add(
          new Part(backend, network, TRIALS / threads * thread, TRIALS / threads * (thread + 1)));
    }
    double[] seconds = Stopwatch.time(List.copyOf(parts), runs);
    double mean = parts.stream().mapToLong(Part::spikes).sum() / ((double) TRIALS * NEURONS);
    requireMean(mean);
    parts.forEach(Part::close);
    return new Measurement(
        NAME,
        "velella " + backend.name(),
        threads,
        Map.of("S", "" + TRIALS, "P", "" + NEURONS, "T", "" + STEPS, "decay", variant),
        seconds,
        Map.of("updates", (double) TRIALS * NEURONS * STEPS),
        String.format(Locale.ROOT, "mean_count %.4f", mean),
        Map.of());
  }

  private static void requireMean(double mean) {
    if (Math.abs(mean - MEAN_COUNT) > TOLERANCE) {
      throw new WrongAnswerException(
          "W4 counts %.4f spikes per neuron, known are %.3f".formatted(mean, MEAN_COUNT));
    }
  }

  /** The currents of some trials, the same at every step. */
  private record Currents(int from, int trials) implements TileInput {
    @Override
    public void fill(long firstStep, int steps, float[] target) {
      for (int i = 0; i < steps * trials; i++) {
        target[i] = (float) current(from + i % trials);
      }
    }

    @Override
    public boolean held() {
      return true;
    }
  }

  /** Some trials, tile by tile on one thread. */
  private static final class Part implements Runnable, AutoCloseable {
    private final Simulator simulator;
    private final int from;
    private final int to;
    private long spikes;

    Part(Backend backend, Network network, int from, int to) {
      simulator = new Simulator(network, backend, Probes.NONE, SimulatorOptions.DEFAULT);
      this.from = from;
      this.to = to;
    }

    @Override
    public void run() {
      spikes = 0;
      for (int lo = from; lo < to; lo += TILE) {
        int n = Math.min(TILE, to - lo);
        double[] taus = new double[n];
        double[] thresholds = new double[n];
        for (int i = 0; i < n; i++) {
          taus[i] = tau(lo + i);
          thresholds[i] = threshold(lo + i);
        }
        TileParameters own =
            TileParameters.of(Map.of("lif.tau", taus, "lif.v_threshold", thresholds))
                .with(Samples.numbered());
        int[] counts =
            simulator
                .run(simulator.initial(n, own), new Currents(lo, n), STEPS, own, RecordSink.NONE)
                .spikeCounts()
                .ints();
        for (int count : counts) {
          spikes += count;
        }
      }
    }

    long spikes() {
      return spikes;
    }

    @Override
    public void close() {
      simulator.close();
    }
  }

  /** The whole job: from a network file and a table of trials to published results. */
  static void runJob(SparkSession spark, Backend backend, int runs, Consumer<Measurement> sink) {
    try {
      Path folder = Files.createTempDirectory("velella-bench");
      try {
        sink.accept(runJob(folder, spark, backend, runs));
      } finally {
        JobWorkload.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write what W4 needs: " + e.getMessage(), e);
    }
  }

  private static Measurement runJob(Path folder, SparkSession spark, Backend backend, int runs)
      throws IOException {
    Path file = folder.resolve("network.safetensors");
    Files.write(file, NetworkCodec.toBytes(network(Decay.RECIPROCAL)));
    double[] seconds = new double[runs];
    double mean = 0;
    for (int run = -1; run < runs; run++) {
      Path output = folder.resolve("run" + run);
      // The first run warms up and is compared with other engines, who ran fewer trials.
      int trials = run < 0 ? TRIALS : JOB_TRIALS;
      RunConfig config =
          RunConfig.builder()
              .network(file.toString())
              .input("constant")
              .inputFormat(InputSources.STIMULUS)
              .space(space(trials))
              .steps(STEPS)
              .backend(backend.name())
              .output(output.toString())
              .build();
      long start = System.nanoTime();
      SimulateJob.run(spark, config);
      seconds[Math.max(run, 0)] = (System.nanoTime() - start) / 1e9;
      mean =
          RunTables.open(spark, output.toString())
              .results()
              .selectExpr("avg(aggregate(spike_counts, 0D, (a, b) -> a + b)) / " + NEURONS)
              .first()
              .getDouble(0);
      if (run < 0) {
        requireMean(mean);
      }
      JobWorkload.delete(output);
    }
    return new Measurement(
        NAME + "-job",
        "velella " + backend.name() + " on Spark " + spark.version(),
        spark.sparkContext().defaultParallelism(),
        Map.of("S", "" + JOB_TRIALS, "P", "" + NEURONS, "T", "" + STEPS, "decay", "reciprocal"),
        seconds,
        Map.of("updates", (double) JOB_TRIALS * NEURONS * STEPS),
        String.format(Locale.ROOT, "mean_count %.4f", mean),
        Map.of());
  }

  private static String space(int trials) {
    Map<String, ArrayNode> columns = new LinkedHashMap<>();
    ObjectNode root = CanonicalJson.object();
    ObjectNode table = root.putObject("table");
    for (String path : List.of("lif.tau", "lif.v_threshold", "input.current")) {
      columns.put(path, table.putArray(path));
    }
    for (int trial = 0; trial < trials; trial++) {
      columns.get("lif.tau").add(Double.toString(tau(trial)));
      columns.get("lif.v_threshold").add(Double.toString(threshold(trial)));
      columns.get("input.current").add(Double.toString(current(trial)));
    }
    return root.toString();
  }
}
