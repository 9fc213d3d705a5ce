package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.backend.Backend;
import org.velella.backend.vector.MachineLimits;
import org.velella.backend.vector.VectorRandom;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CounterRandom;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.plan.ConvOp;
import org.velella.plan.LinearOp;
import org.velella.spark.bench.LinearKernels.Frames;
import org.velella.synapse.LearningRule;
import org.velella.tensor.Shape;

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
    peak = MachineLimits.fmaFlops();
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    Nd4j.factory().blas().setMaxThreads(1);
    limits();
    lif();
    linear(1024, 512, 512);
    linear(64, 512, 512);
    linear(16384, 1024, 1024);
    convolutions();
    random();
    encoders();
    learning();
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

  private double[] time(Runnable run) {
    return Stopwatch.alternately(List.of(run), options.runs())[0];
  }

  /** What a fresh JVM spends on getting the kernels of a convolutional network compiled. */
  private void priming() {
    if (!options.wants("priming")) {
      return;
    }
    long start = System.nanoTime();
    new Tile(backend, ConvWorkload.nmnist(), 1, 1, Set.of(), Tile.Output.FLOATS).run();
    double first = (System.nanoTime() - start) / 1e9;
    sink.accept(
        new Measurement(
            "kernels",
            "velella " + backend.name(),
            1,
            Map.of("kernel", "priming"),
            new double[] {first},
            Map.of(),
            "",
            Map.of("priming_s", MachineLimits.primingSeconds())));
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
              if (options.wants(name)) {
                lif(name, elements, steps, firing);
              }
            }
          }
        });
  }

  private void lif(String name, int elements, int steps, int firing) {
    int neurons = elements / steps;
    float scale = LifDrive.scale(firing / 100.0);
    Tile tile =
        new Tile(backend, LifWorkload.network(neurons), 1, steps, Set.of(), Tile.Output.FLOATS);
    float[] input = Hash.floats(elements, 1, scale, 0);
    System.arraycopy(input, 0, tile.input(), 0, elements);
    float[] to = new float[elements];
    Runnable copying = () -> System.arraycopy(input, 0, to, 0, elements);
    double[][] seconds = Stopwatch.alternately(List.of(tile, copying), options.runs());
    double spikes = tile.outputSum();
    WrongAnswerException.require(name, LifDrive.spikes(input, steps), (long) spikes);
    Kernel kernel =
        new Kernel(
            Map.of("fired", String.format(Locale.ROOT, "%.3f", spikes / elements)),
            tile,
            Map.of("updates", (double) elements),
            () -> "spikes %.0f".formatted(spikes));
    double ofCopy = Ratios.median(seconds[1]) / Ratios.median(seconds[0]);
    emit(name, kernel, seconds[0], Map.of("of_copy", ofCopy));
  }

  private void linear(int frames, int inputs, int outputs) {
    String size = "%dx%dx%d".formatted(frames, inputs, outputs);
    if (!options.wants("linear " + size)) {
      return;
    }
    LinearOp op = LinearKernels.linear(inputs, outputs);
    double flops = 2.0 * frames * inputs * outputs;
    float[] input = LinearKernels.dense(frames * inputs);
    Kernel dense = LinearKernels.onFloats(op, Frames.atOnce(frames), input, outputs, flops);
    double product = Ratios.median(time(LinearKernels.nd4jProduct(op, frames, input)));
    double inPlace = Ratios.median(time(LinearKernels.nd4jProductInPlace(op, frames, input)));
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
        Map.of("of_nd4j", product, "of_nd4j_in_place", inPlace));
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
    ConvOp op = LinearKernels.conv(32, 64);
    int size = frames.count() * op.inChannels() * op.inH() * op.inW();
    int outputs = op.outChannels() * op.outH() * op.outW();
    // With the terms that fall on padding, as the reference counts them.
    double terms = 9.0 * op.inChannels() * outputs;
    double flops = 2.0 * frames.count() * terms;
    Kernel dense = LinearKernels.onFloats(op, frames, LinearKernels.dense(size), outputs, flops);
    double nd4j = Ratios.median(time(LinearKernels.nd4jConvolution(op, frames.count())));
    synapses(
        name,
        dense,
        density ->
            LinearKernels.onSpikes(op, frames, LinearKernels.spikes(size, density), outputs, flops),
        flops,
        Map.of("of_nd4j", nd4j));
  }

  /**
   * A dense kernel and event-driven ones, which take turns. Ratios are of wall times, and of
   * processor times where the name says so: those are what a busy machine leaves standing.
   *
   * @param others seconds of other ways to the dense result, by name
   */
  private void synapses(
      String name,
      Kernel dense,
      DoubleFunction<Kernel> events,
      double flops,
      Map<String, Double> others) {
    List<Kernel> kernels = new ArrayList<>(List.of(dense));
    for (int density : DENSITIES) {
      kernels.add(events.apply(density / 100.0));
    }
    List<Runnable> runs = kernels.stream().map(Kernel::run).toList();
    Stopwatch.Taken taken = Stopwatch.taken(runs, options.runs());
    double wall = Ratios.median(taken.wall()[0]);
    double processor = Ratios.median(taken.processor()[0]);
    Map<String, Double> ratios = new TreeMap<>();
    others.forEach((other, seconds) -> ratios.put(other, seconds / wall));
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

  private void random() {
    if (!options.wants("random")) {
      return;
    }
    int blocks = (1 << 16) / CounterRandom.BLOCK_WORDS;
    int repeats = 64;
    int[] words = new int[blocks * CounterRandom.BLOCK_WORDS];
    long key = CounterRandom.key(7, "bench");
    VectorRandom random = new VectorRandom(key);
    Runnable run =
        () -> {
          for (int step = 0; step < repeats; step++) {
            random.words(11, step, 0, blocks, words, 0);
          }
        };
    double[] seconds = time(run);
    int[] expected = new int[words.length];
    CounterRandom.words(key, 11, repeats - 1, 0, blocks, expected, 0);
    if (!java.util.Arrays.equals(expected, words)) {
      throw new WrongAnswerException("The random numbers differ from their definition");
    }
    Kernel kernel =
        new Kernel(
            Map.of(), run, Map.of("items", (double) words.length * repeats), () -> "as defined");
    emit("random", kernel, seconds, Map.of());
  }

  private void encoders() {
    List<Map.Entry<String, BernoulliOperation>> kinds = new ArrayList<>();
    kinds.add(Map.entry("encoder dense", BernoulliOperation.dense()));
    kinds.add(Map.entry("encoder skip 1%", BernoulliOperation.skip(0.01f)));
    for (Map.Entry<String, BernoulliOperation> kind : kinds) {
      if (options.wants(kind.getKey())) {
        encoder(kind.getKey(), kind.getValue());
      }
    }
  }

  private void encoder(String name, BernoulliOperation operation) {
    int elements = 1 << 16;
    int steps = 16;
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(elements)))
            .node("encoder", operation)
            .node("output", new OutputOperation())
            .edge("input", "encoder")
            .edge("encoder", "output")
            .build();
    Tile tile = new Tile(backend, network, 1, steps, Set.of(), Tile.Output.AS_KEPT);
    double rate = operation.limit() == 1 ? 0.3 : operation.limit();
    java.util.Arrays.fill(tile.input(), (float) rate);
    double[] seconds = time(tile);
    double count = (double) elements * steps;
    // Six standard deviations: what chance does once in a thousand million runs.
    double bound = 6 * Math.sqrt(count * rate * (1 - rate));
    if (Math.abs(tile.outputSum() - count * rate) > bound) {
      throw new WrongAnswerException(
          "%s fired %.0f times, expected %.0f within %.0f"
              .formatted(name, tile.outputSum(), count * rate, bound));
    }
    Kernel kernel =
        new Kernel(
            Map.of("rate", "" + rate),
            tile,
            Map.of("items", count),
            () -> "spikes %.0f".formatted(tile.outputSum()));
    emit(name, kernel, seconds, Map.of());
  }

  private void learning() {
    for (LearningRule rule : LearningKernels.rules()) {
      String name = "learn 784-400 " + rule.kind();
      if (options.wants(name)) {
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
