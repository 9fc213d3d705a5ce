package org.velella.spark.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.ChunkUse;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.layer.LinearOperation;
import org.velella.module.Samples;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
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

  /** Of as many trials as other engines ran; after them the JIT has seen what every job does. */
  private static final int SMALL_JOBS = 20;

  /** Of the first 10,000 trials, as other engines count. */
  private static final double MEAN_COUNT = 131.630;

  private static final double TOLERANCE = 1e-3;

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

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

    String text() {
      return name().toLowerCase(Locale.ROOT);
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
      String variant = decay.text();
      for (int threads : options.threads()) {
        if (options.wants(variant)) {
          sink.accept(measure(decay, variant, backend, threads, options.runs()));
        }
      }
    }
  }

  private static Measurement measure(
      Decay decay, String variant, Backend backend, int threads, int runs) {
    HeapPeak.reset();
    Network network = network(decay);
    List<Part> parts = new ArrayList<>();
    List<Runnable> kernels = new ArrayList<>();
    double[] seconds;
    double[] bare;
    double mean;
    try {
      for (int thread = 0; thread < threads; thread++) {
        int from = (int) ((long) TRIALS * thread / threads);
        int to = (int) ((long) TRIALS * (thread + 1) / threads);
        parts.add(new Part(backend, network, from, to));
        kernels.add(new BareKernel(backend, network, from, to));
      }
      seconds = Stopwatch.time(List.copyOf(parts), runs);
      bare = Stopwatch.time(kernels, runs);
      mean = parts.stream().mapToLong(Part::spikes).sum() / ((double) TRIALS * NEURONS);
    } finally {
      parts.forEach(Part::close);
    }
    requireMean(mean);
    Measurement measured =
        new Measurement(
            NAME,
            "velella " + backend.name(),
            threads,
            Map.of("S", "" + TRIALS, "P", "" + NEURONS, "T", "" + STEPS, "decay", variant),
            seconds,
            Map.of("updates", (double) TRIALS * NEURONS * STEPS),
            String.format(Locale.ROOT, "mean_count %.4f", mean),
            Map.of());
    return Ratios.add(measured, "of_kernel", Ratios.median(bare) / Ratios.median(seconds));
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

  private static TileParameters parameters(int first, int trials) {
    double[] taus = new double[trials];
    double[] thresholds = new double[trials];
    for (int i = 0; i < trials; i++) {
      taus[i] = tau(first + i);
      thresholds[i] = threshold(first + i);
    }
    return TileParameters.of(Map.of("lif.tau", taus, "lif.v_threshold", thresholds))
        .with(Samples.numbered());
  }

  /**
   * As many updates of the neurons alone: one tile that is open already, with its inputs, so often
   * that it is as many trials.
   */
  private static final class BareKernel implements Runnable {
    private final TileRun run;
    private final Chunk chunk;
    private final double tiles;

    BareKernel(Backend backend, Network network, int from, int to) {
      Plan plan = Lowering.lower(network, PlanOptions.ofBatch(TILE));
      Program program = backend.compile(plan);
      Set<Integer> held = new TreeSet<>(plan.inputs());
      held.removeIf(id -> !program.holds(id));
      Set<Integer> counted = new TreeSet<>(plan.outputs());
      counted.removeIf(id -> !program.counts(id));
      run = program.open(parameters(from, TILE));
      chunk = Chunk.packed(plan, STEPS, program, new ChunkUse(held, counted));
      int input = plan.inputs().get(0);
      new Currents(from, TILE).fill(0, chunk.held(input) ? 1 : STEPS, chunk.value(input));
      chunk.steps(STEPS);
      tiles = (to - from) / (double) TILE;
    }

    @Override
    public void run() {
      for (int tile = 0; tile < Math.round(tiles); tile++) {
        run.run(chunk);
      }
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
        TileParameters own = parameters(lo, n);
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
  static void runJob(
      SparkSession spark, Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    try {
      for (Decay decay : Decay.values()) {
        if (options.wants(decay.text())) {
          Path folder = Files.createTempDirectory("velella-bench");
          try {
            sink.accept(runJob(folder, decay, spark, backend, options.runs()));
          } finally {
            JobWorkload.delete(folder);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write what W4 needs: " + e.getMessage(), e);
    }
  }

  private static Measurement runJob(
      Path folder, Decay decay, SparkSession spark, Backend backend, int runs) throws IOException {
    HeapPeak.reset();
    Path file = folder.resolve("network.safetensors");
    Files.write(file, NetworkCodec.toBytes(network(decay)));
    double[] seconds = new double[runs];
    double[] processor = new double[runs];
    double mean = 0;
    String small = space(TRIALS);
    String space = space(JOB_TRIALS);
    for (int run = -SMALL_JOBS - 1; run < runs; run++) {
      Path output = folder.resolve("run" + run);
      boolean warmsUp = run < -1;
      RunConfig config =
          RunConfig.builder()
              .network(file.toString())
              .input("constant")
              .inputFormat(InputSources.STIMULUS)
              .space(warmsUp ? small : space)
              .steps(STEPS)
              .backend(backend.name())
              .output(output.toString())
              .build();
      long start = System.nanoTime();
      long spent = PROCESS.getProcessCpuTime();
      SimulateJob.run(spark, config);
      seconds[Math.max(run, 0)] = (System.nanoTime() - start) / 1e9;
      processor[Math.max(run, 0)] = (PROCESS.getProcessCpuTime() - spent) / 1e9;
      // Not between the runs, as looking at one would leave the JIT something to do in the next.
      if (run == -SMALL_JOBS - 1) {
        requireMean(meanCount(spark, output));
      } else if (run == runs - 1) {
        mean = meanCount(spark, output);
      }
      JobWorkload.delete(output);
    }
    Measurement measured =
        new Measurement(
            NAME + "-job",
            "velella " + backend.name() + " on Spark " + spark.version(),
            spark.sparkContext().defaultParallelism(),
            Map.of("S", "" + JOB_TRIALS, "P", "" + NEURONS, "T", "" + STEPS, "decay", decay.text()),
            seconds,
            Map.of("updates", (double) JOB_TRIALS * NEURONS * STEPS),
            String.format(Locale.ROOT, "mean_count %.4f", mean),
            Map.of());
    return ofKernel(measured, network(decay), backend, processor);
  }

  private static double meanCount(SparkSession spark, Path output) {
    return RunTables.open(spark, output.toString())
        .results()
        .selectExpr("explode(spike_counts) AS count")
        .selectExpr("avg(count)")
        .first()
        .getDouble(0);
  }

  /**
   * Adds what the job's rate is of that of the bare kernels on as many threads: by the clock, and
   * by the processor time of the whole process, which leaves out what other processes had of the
   * cores.
   */
  private static Measurement ofKernel(
      Measurement job, Network network, Backend backend, double[] processor) {
    List<Runnable> kernels = new ArrayList<>();
    for (int thread = 0; thread < job.threads(); thread++) {
      int from = (int) ((long) JOB_TRIALS * thread / job.threads());
      int to = (int) ((long) JOB_TRIALS * (thread + 1) / job.threads());
      kernels.add(new BareKernel(backend, network, from, to));
    }
    int runs = processor.length;
    double bare = Ratios.median(Stopwatch.time(kernels, runs));
    Runnable part = new BareKernel(backend, network, 0, TRIALS);
    double[] alone = Stopwatch.taken(List.of(part), runs).processor()[0];
    double kernelTime = Ratios.median(alone) * JOB_TRIALS / TRIALS;
    Measurement byClock = Ratios.add(job, "of_kernel", bare / Ratios.median(job.seconds()));
    return Ratios.add(byClock, "of_kernel_cpu", kernelTime / Ratios.median(processor));
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
