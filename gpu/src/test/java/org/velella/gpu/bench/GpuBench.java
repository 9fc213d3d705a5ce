package org.velella.gpu.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.DeviceEvent;
import org.velella.gpu.driver.DeviceInfo;
import org.velella.gpu.driver.DeviceStream;
import org.velella.network.Network;
import org.velella.tensor.Tensor;

/**
 * Measures the {@code cuda} backend through the interface that runs use, each figure after its
 * answer has been checked: one line of JSON per figure. {@code bench/peers.py} does the same work
 * with other means, {@link Report} puts them side by side.
 */
public final class GpuBench {
  private static final int STEPS = 128;
  private static final double FMA_PER_CLOCK = 128;

  private final PrintStream out;
  private final Backend backend;
  private final int runs;
  private final int neurons;
  private final int rows;
  private final int width;
  private final int images;

  private GpuBench(PrintStream out, List<String> arguments) {
    this.out = out;
    runs = arguments.contains("--quick") ? 3 : 9;
    int named = arguments.indexOf("--backend");
    String name = named < 0 ? "cuda" : arguments.get(named + 1);
    backend = Backends.load().select(name).backend();
    boolean small = arguments.contains("--small");
    neurons = small ? 1000 : 1 << 20;
    rows = small ? 33 : 16384;
    width = small ? 65 : 4096;
    images = small ? 3 : 1024;
  }

  /**
   * @param arguments {@code --quick} for fewer runs, {@code --only LIST} for some of device, lif,
   *     linear, spike-linear, mlp and cnn, {@code --backend NAME} for another than cuda, {@code
   *     --small} for sizes that only show that it works
   */
  public static void main(String[] arguments) {
    System.exit(run(System.out, Arrays.asList(arguments)) ? 0 : 1);
  }

  /** Whether all went well. */
  static boolean run(PrintStream out, List<String> arguments) {
    GpuBench bench = new GpuBench(out, arguments);
    Map<String, Runnable> parts = new LinkedHashMap<>();
    parts.put("device", bench::device);
    parts.put("lif", bench::lif);
    parts.put("linear", bench::linear);
    parts.put("spike-linear", bench::spikeLinear);
    parts.put("mlp", () -> bench.network("mlp", Networks.mlp(), 4 * bench.images, 16));
    parts.put("cnn", () -> bench.network("cnn", Networks.cnn(32), bench.images, 8));
    int only = arguments.indexOf("--only");
    if (only >= 0) {
      parts.keySet().retainAll(List.of(arguments.get(only + 1).split(",")));
    }
    boolean all = true;
    for (Map.Entry<String, Runnable> part : parts.entrySet()) {
      all &= bench.tried(part.getKey(), part.getValue());
    }
    return all;
  }

  private boolean tried(String name, Runnable part) {
    try {
      part.run();
      return true;
    } catch (RuntimeException | OutOfMemoryError e) {
      System.err.println("GpuBench: " + name + " failed:");
      e.printStackTrace();
      return false;
    }
  }

  private void emit(Figures figures) {
    out.println(figures.line());
    out.flush();
  }

  private Figures figures(String benchmark, Subject.Times times) {
    return new Figures(benchmark, "velella " + backend.name())
        .with("seconds", times.kernelSeconds())
        .with("wall_seconds", times.wallSeconds());
  }

  private void device() {
    if (!backend.name().equals("cuda")) {
      return;
    }
    try (CudaDevice device = CudaDevice.open(0)) {
      DeviceInfo info = device.info();
      double peak = info.clockKilohertz() * 1e3 * info.multiprocessors() * FMA_PER_CLOCK * 2;
      emit(
          new Figures("device", info.text())
              .with("multiprocessors", info.multiprocessors())
              .with("clock_hz", info.clockKilohertz() * 1e3)
              .with("peak_flops", peak));
      long bytes = Math.min(1L << 30, device.freeBytes() / 4);
      DeviceBuffer from = device.allocate(bytes);
      DeviceBuffer to = device.allocate(bytes);
      DeviceStream stream = device.stream();
      stream.fill(from, 0, 1, bytes / Integer.BYTES);
      double best = Double.MAX_VALUE;
      for (int i = 0; i < 2 * runs; i++) {
        DeviceEvent begin = stream.record();
        stream.copy(from, 0, to, 0, bytes);
        best = Math.min(best, stream.record().secondsSince(begin));
      }
      emit(new Figures("copy", "cuMemcpyDtoD").with("seconds", best).with("bytes", 2 * bytes));
    }
  }

  private void lif() {
    try (Subject subject = Subject.stepped(backend, Networks.lif(neurons), 1, STEPS)) {
      Numbers.fill(subject.input(), 0, 0, 2);
      subject.run();
      for (int neuron = 0; neuron < Math.min(neurons, 4096); neuron++) {
        requireLeaky(subject, neuron);
      }
      requireLeaky(subject, neurons - 1);
      double inputs = (double) STEPS * neurons;
      emit(
          figures("lif", subject.median(runs))
              .with("bytes", inputs * 4 + inputs / 8 + 2.0 * neurons * Float.BYTES)
              .with("spikes", subject.spikes())
              .with("checked", true));
      if (backend.name().equals("cuda")) {
        residentLif(subject.spikes(), inputs * 4 + inputs / 8 + 2.0 * neurons * Float.BYTES);
      }
    }
  }

  private void residentLif(long expectedSpikes, double bytes) {
    ResidentLif.Result result = new ResidentLif(neurons, STEPS, 3 * runs).run();
    if (result.spikes() != expectedSpikes) {
      throw new IllegalStateException(
          "lif-resident: found %d spikes instead of %d".formatted(result.spikes(), expectedSpikes));
    }
    emit(
        new Figures("lif-resident", "velella cuda")
            .with("seconds", result.seconds())
            .with("bytes", bytes)
            .with("spikes", result.spikes())
            .with("checked", true));
  }

  /** The equations by the letter. */
  private void requireLeaky(Subject subject, int neuron) {
    float v = 0;
    for (int t = 0; t < STEPS; t++) {
      float x = Numbers.at((long) t * neurons + neuron) * 2;
      float h = v + (x - (v - 0f)) / 2f;
      float spike = h >= 1 ? 1 : 0;
      require("lif", subject.output(t, 0, neuron), spike, t, neuron);
      v = h >= 1 ? 0 : h;
    }
  }

  private static void require(String what, float found, float expected, int row, int column) {
    if (Float.floatToIntBits(found) != Float.floatToIntBits(expected)) {
      throw new IllegalStateException(
          "%s: found %s instead of %s at [%d, %d]".formatted(what, found, expected, row, column));
    }
  }

  private void linear() {
    try (Subject subject = Subject.stepped(backend, Networks.linear(width, width), rows, 1)) {
      Numbers.fill(subject.input(), 0, -0.5f, 1);
      requireProducts("linear", subject);
      emit(
          figures("linear", subject.median(runs))
              .with("flops", 2.0 * rows * width * width)
              .with("checked", true));
    }
  }

  private void spikeLinear() {
    try (Subject subject = Subject.stepped(backend, Networks.spikeLinear(width, width), rows, 1)) {
      float[] input = subject.input();
      for (int i = 0; i < input.length; i++) {
        input[i] = Numbers.at(i) < 0.05f ? 1 : 0;
      }
      requireProducts("spike-linear", subject);
      emit(
          figures("spike-linear", subject.median(runs))
              .with("flops", 2.0 * rows * width * width)
              .with("checked", true));
    }
  }

  /** One fused multiply-add per term, k ascending, at places all over the output. */
  private void requireProducts(String what, Subject subject) {
    subject.run();
    Tensor weights = Networks.weights(width, width);
    float[] weight = weights.floats();
    float[] input = subject.input();
    for (int i = 0; i < 4096; i++) {
      int row = (int) (i * 2654435761L % rows);
      int column = (int) (i * 40503L % width);
      float sum = 0;
      for (int k = 0; k < width; k++) {
        sum = Math.fma(input[row * width + k], weight[column * width + k], sum);
      }
      require(what, subject.output(0, row, column), sum + 0.0f, row, column);
    }
  }

  /** A whole network, from arrays on the host to arrays on the host, beside one processor core. */
  private void network(String name, Network network, int batch, int steps) {
    int few = Math.min(64, batch);
    try (Subject subject = Subject.held(backend, network, batch, steps);
        Subject core = Subject.held(Backends.load().named("vector"), network, few, steps)) {
      int size = network.inputSize();
      repeat(subject.input(), batch * size);
      repeat(core.input(), few * size);
      subject.run();
      core.run();
      requireSame(name, subject, core, steps, few);
      double one = core.median(3).wallSeconds() / few;
      Subject.Times times = subject.median(runs);
      emit(
          figures(name, times)
              .with("samples", batch)
              .with("spikes", subject.spikes())
              .with("core_seconds_per_sample", one)
              .with("checked", true));
    }
  }

  /** Writes the same images at every step. */
  private static void repeat(float[] input, int frame) {
    for (int i = 0; i < input.length; i++) {
      input[i] = Numbers.at(i % frame);
    }
  }

  private static void requireSame(
      String what, Subject found, Subject expected, int steps, int samples) {
    if (expected.spikes() == 0) {
      throw new IllegalStateException(what + " never fires");
    }
    for (int t = 0; t < steps; t++) {
      for (int sample = 0; sample < samples; sample++) {
        for (int i = 0; i < expected.width(); i++) {
          float wanted = expected.output(t, sample, i);
          require(what + " at step " + t, found.output(t, sample, i), wanted, sample, i);
        }
      }
    }
  }
}
