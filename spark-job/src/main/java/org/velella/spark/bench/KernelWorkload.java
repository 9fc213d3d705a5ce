package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.backend.vector.MachineLimits;
import org.velella.backend.vector.WrittenNeurons;
import org.velella.encoding.BernoulliOperation;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.ConvOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.SparseOp;
import org.velella.plan.StatelessOp;
import org.velella.spark.bench.LinearKernels.Frames;
import org.velella.synapse.Connectivity;
import org.velella.synapse.LearningRule;

/**
 * Kernels on one core, as ratios of one process: to the copy of the same arrays, to the peak of
 * fused multiply-adds, to ND4J, and of event-driven kernels to dense ones.
 */
final class KernelWorkload implements Workload {
  private static final int[] DENSITIES = {1, 2, 5, 10, 20};

  private Backend backend;
  private BenchOptions options;
  private Consumer<Measurement> sink;
  private double peak;

  @Override
  public void run(Backend on, BenchOptions how, Consumer<Measurement> to) {
    backend = on;
    options = how;
    sink = to;
    priming();
    peak = Ratios.peak();
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    Nd4j.factory().blas().setMaxThreads(1);
    limits();
    lif();
    neurons();
    linear(1024, 512, 512);
    linear(64, 512, 512);
    linear(16384, 1024, 1024);
    convolutions();
    layers();
    projections();
    random();
    encoders();
    learning();
  }

  private void measure(String name, Supplier<Timed> row) {
    if (options.wants(name)) {
      HeapPeak.reset();
      Timed timed = row.get();
      emit(name, timed.kernel(), timed.seconds(), timed.ratios());
    }
  }

  private void emit(String name, Kernel kernel, double[] seconds, Map<String, Double> ratios) {
    Map<String, String> params = new HashMap<>(kernel.params());
    params.put("kernel", name);
    String check = kernel.check().get();
    sink.accept(
        new Measurement(
            "kernels",
            "velella " + backend.name(),
            1,
            params,
            seconds,
            kernel.work(),
            check,
            ratios));
  }

  /** What a fresh JVM spends on getting kernels compiled: a convolutional network, an encoder. */
  private void priming() {
    if (!options.wants("priming")) {
      return;
    }
    HeapPeak.reset();
    long start = System.nanoTime();
    Tile network = primed(backend);
    Tile encoder = EncoderKernels.tile(backend, BernoulliOperation.dense());
    encoder.run();
    double first = (System.nanoTime() - start) / 1e9;
    double priming = MachineLimits.primingSeconds();
    Answers.requireSame("priming, network", primed(new ScalarBackend()), network);
    Tile plain = EncoderKernels.tile(new ScalarBackend(), BernoulliOperation.dense());
    plain.run();
    Answers.requireSame("priming, encoder", plain, encoder);
    sink.accept(
        new Measurement(
            "kernels",
            "velella " + backend.name(),
            1,
            Map.of("kernel", "priming"),
            new double[] {first},
            Map.of(),
            "as the scalar backend",
            Map.of("priming_s", priming)));
  }

  private static Tile primed(Backend backend) {
    Tile tile = new Tile(backend, ConvWorkload.nmnist(), 1, 1, Set.of(), Tile.Output.FLOATS);
    System.arraycopy(
        LinearKernels.spikes(tile.input().length, 0.05), 0, tile.input(), 0, tile.input().length);
    tile.run();
    return tile;
  }

  private void limits() {
    if (!options.wants("limits")) {
      return;
    }
    Map<String, Double> copies = new TreeMap<>();
    for (int kib : new int[] {16, 256, 8192, 262144}) {
      copies.put(
          "copy_%d_KiB_GB_per_s".formatted(kib),
          MachineLimits.copyBytesPerSecond(kib * 1024 / Float.BYTES) / 1e9);
    }
    copies.put("fma_peak_GFLOP_per_s", peak / 1e9);
    sink.accept(
        new Measurement(
            "kernels",
            "machine",
            1,
            Map.of("kernel", "limits"),
            new double[] {0},
            Map.of(),
            "",
            copies));
  }

  private void lif() {
    Map<String, Integer> sizes =
        new TreeMap<>(Map.of("L2", 1 << 16, "L3", 1 << 21, "DRAM", 1 << 25));
    sizes.forEach(
        (level, elements) -> {
          for (int steps : new int[] {4, 16, 128}) {
            for (int firing : new int[] {0, 1, 10, 30}) {
              String name = "lif %s T=%d %d%%".formatted(level, steps, firing);
              measure(
                  name,
                  () -> NeuronKernels.lif(name, backend, options.runs(), elements, steps, firing));
            }
          }
        });
  }

  /** Code from equations beside code by hand, and neurons that have nothing to do. */
  private void neurons() {
    for (WrittenNeurons kind : WrittenNeurons.values()) {
      String name = "generated " + kind.name().toLowerCase(Locale.ROOT);
      measure(name, () -> NeuronKernels.written(kind, backend, options.runs()));
    }
    measure("lif silent L2 T=16", () -> NeuronKernels.silent(backend, options.runs()));
  }

  private void linear(int frames, int inputs, int outputs) {
    String size = "%dx%dx%d".formatted(frames, inputs, outputs);
    if (!options.wants("linear " + size)) {
      return;
    }
    HeapPeak.reset();
    LinearOp op = LinearKernels.linear(inputs, outputs);
    double flops = 2.0 * frames * inputs * outputs;
    float[] input = LinearKernels.dense(frames * inputs);
    Kernel dense = LinearKernels.onFloats(op, Frames.atOnce(frames), input, outputs, flops);
    synapses(
        "linear " + size,
        dense,
        density ->
            LinearKernels.onSpikes(
                op,
                Frames.atOnce(frames),
                LinearKernels.spikes(frames * inputs, density),
                outputs,
                flops),
        flops,
        Map.of(
            "of_nd4j", Nd4jTwins.product(op, frames, input),
            "of_nd4j_in_place", Nd4jTwins.productInPlace(op, frames, input)));
  }

  /** All frames at once, whose outputs are eight times a cache, and as the engine has them. */
  private void convolutions() {
    conv("conv 32-64 16x16", Frames.atOnce(128));
    conv("conv 32-64 16x16 windows", new Frames(128, 4));
  }

  private void conv(String name, Frames frames) {
    if (!options.wants(name)) {
      return;
    }
    HeapPeak.reset();
    ConvOp op = LinearKernels.conv(32, 64);
    int size = frames.count() * op.inChannels() * op.inH() * op.inW();
    int outputs = op.outChannels() * op.outH() * op.outW();
    // With the terms that fall on padding, as the reference counts them.
    double terms = 9.0 * op.inChannels() * outputs;
    double flops = 2.0 * frames.count() * terms;
    float[] input = LinearKernels.dense(size);
    Kernel dense = LinearKernels.onFloats(op, frames, input, outputs, flops);
    synapses(
        name,
        dense,
        density ->
            LinearKernels.onSpikes(op, frames, LinearKernels.spikes(size, density), outputs, flops),
        flops,
        Map.of("of_nd4j", Nd4jTwins.convolution(op, frames.count(), input)));
  }

  /**
   * A dense kernel, event-driven ones and other ways to the dense result, which take turns. Ratios
   * are of wall times, and of processor times where the name says so: those are what a busy machine
   * leaves standing.
   *
   * @param others other ways to the dense result, by the name of the ratio
   */
  private void synapses(
      String name,
      Kernel dense,
      DoubleFunction<Kernel> events,
      double flops,
      Map<String, Runnable> others) {
    List<Kernel> kernels = new ArrayList<>(List.of(dense));
    for (int density : DENSITIES) {
      kernels.add(events.apply(density / 100.0));
    }
    List<Runnable> runs = new ArrayList<>(kernels.stream().map(Kernel::run).toList());
    List<String> names = List.copyOf(new TreeSet<>(others.keySet()));
    names.forEach(other -> runs.add(others.get(other)));
    Stopwatch.Taken taken = Stopwatch.taken(runs, options.runs());
    double wall = Ratios.median(taken.wall()[0]);
    double processor = Ratios.median(taken.processor()[0]);
    Map<String, Double> ratios = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      int at = kernels.size() + i;
      ratios.put(names.get(i), Ratios.median(taken.wall()[at]) / wall);
      ratios.put(names.get(i) + "_cpu", Ratios.median(taken.processor()[at]) / processor);
    }
    ratios.put("of_fma_peak", flops / wall / peak);
    ratios.put("of_fma_peak_cpu", flops / processor / peak);
    emit(name + " dense", dense, taken.wall()[0], ratios);
    for (int i = 1; i < kernels.size(); i++) {
      emit(
          "%s %d%%".formatted(name, DENSITIES[i - 1]),
          kernels.get(i),
          taken.wall()[i],
          Map.of(
              "of_dense", wall / Ratios.median(taken.wall()[i]),
              "of_dense_cpu", processor / Ratios.median(taken.processor()[i])));
    }
  }

  private void layers() {
    for (Mode mode : Mode.values()) {
      String name = "pool %s 32x28x28 ".formatted(mode.name().toLowerCase(Locale.ROOT));
      measure(name + "dense", () -> LayerKernels.onFloats(LayerKernels.pool(mode), options.runs()));
      for (int density : new int[] {1, 10}) {
        measure(
            name + density + "%",
            () -> LayerKernels.onSpikes(LayerKernels.pool(mode), density / 100.0, options.runs()));
      }
    }
    measure(
        "scale 32x28x28 dense", () -> LayerKernels.onFloats(LayerKernels.scale(), options.runs()));
  }

  private void projections() {
    for (int connected : new int[] {2, 10}) {
      for (int density : new int[] {1, 10}) {
        String pairs = "4000 %d%% connected %d%%".formatted(connected, density);
        if (options.wants("sparse " + pairs)) {
          SparseOp op = ProjectionKernels.sparse(connected / 100.0);
          projection("sparse " + pairs, op, op.connectivity(), density / 100.0);
        }
        if (options.wants("equal weight " + pairs)) {
          EqualWeightOp op = ProjectionKernels.equalWeight(connected / 100.0);
          projection("equal weight " + pairs, op, op.connectivity(), density / 100.0);
        }
        String late = "delayed " + pairs;
        double some = connected / 100.0;
        double active = density / 100.0;
        measure(late, () -> ProjectionKernels.delayed(late, backend, some, active, options.runs()));
      }
    }
  }

  private void projection(String name, StatelessOp op, Connectivity synapses, double density) {
    HeapPeak.reset();
    Kernel kernel = ProjectionKernels.onSpikes(op, synapses, density);
    List<Runnable> both = List.of(kernel.run(), ProjectionKernels.scalar(op, density));
    Stopwatch.Taken taken = Stopwatch.taken(both, options.runs());
    double[][] wall = taken.wall();
    double[][] processor = taken.processor();
    emit(
        name,
        kernel,
        wall[0],
        Map.of(
            "of_scalar", Ratios.median(wall[1]) / Ratios.median(wall[0]),
            "of_scalar_cpu", Ratios.median(processor[1]) / Ratios.median(processor[0])));
  }

  private void random() {
    measure("random", () -> EncoderKernels.words(options.runs()));
  }

  private void encoders() {
    for (String name : new TreeSet<>(EncoderKernels.KINDS.keySet())) {
      measure(name, () -> EncoderKernels.encoder(name, backend, options.runs()));
    }
  }

  private void learning() {
    for (LearningRule rule : LearningKernels.rules()) {
      String name = "learn 784-400 " + rule.kind();
      if (options.wants(name)) {
        HeapPeak.reset();
        LearningKernels pair = new LearningKernels(rule);
        double[][] seconds =
            Stopwatch.alternately(List.of(pair, pair::copy, pair::plain), options.runs());
        Kernel kernel =
            new Kernel(Map.of(), pair, Map.of("items", pair.synapseSteps()), pair::check);
        double own = Ratios.median(seconds[0]);
        emit(
            name,
            kernel,
            seconds[0],
            Map.of(
                "of_copy", Ratios.median(seconds[1]) / own,
                "of_plain_kernel", Ratios.median(seconds[2]) / own));
      }
    }
  }
}
