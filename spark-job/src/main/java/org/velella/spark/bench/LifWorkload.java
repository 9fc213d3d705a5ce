package org.velella.spark.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * W1: multi-step LIF alone, tau 2, hard reset to 0, on {@code x = 2 u}. The spike counts are known
 * from other engines.
 */
final class LifWorkload implements Workload {
  private static final int SAMPLES = 64;
  private static final int SEED = 1;
  private static final String TRACE = "lif.v";

  private enum Kind {
    /** Spikes as float32, as the seed gives them. */
    FLOATS(Float.BYTES),
    /** Spikes as the backend keeps them. */
    BITS(1.0 / Byte.SIZE),
    /** Spikes as float32, and the membrane potential of every step. */
    V_SEQ(2 * Float.BYTES);

    /** Bytes that are written of a neuron in a step. */
    private final double written;

    Kind(double written) {
      this.written = written;
    }
  }

  private record Variant(int steps, int features, Kind kind, long spikes) {
    String name() {
      return "T=%d F=%d %s".formatted(steps, features, kind.name().toLowerCase(Locale.ROOT));
    }
  }

  private static final List<Variant> VARIANTS =
      List.of(
          new Variant(16, 16384, Kind.FLOATS, 3636952),
          new Variant(16, 16384, Kind.BITS, 3636952),
          new Variant(16, 16384, Kind.V_SEQ, 3636952),
          new Variant(128, 1024, Kind.FLOATS, 1915351),
          new Variant(128, 1024, Kind.BITS, 1915351),
          new Variant(4, 16384, Kind.FLOATS, 743615),
          new Variant(16, 256, Kind.FLOATS, 57114),
          new Variant(16, 256, Kind.BITS, 57114));

  /** Input, LIF neurons, output. */
  static Network network(int features) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(features)))
        .node("lif", new NeuronOperation(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "lif")
        .edge("lif", "output")
        .build();
  }

  /** The first variant as a whole Spark job. */
  static JobWorkload job() {
    Variant variant = VARIANTS.get(0);
    float[] input = input(variant.steps, variant.features);
    Shape shape = Shape.of(variant.steps, SAMPLES, variant.features);
    return new JobWorkload(
        "W1-job",
        Map.of("T", "" + variant.steps, "N", "" + SAMPLES, "F", "" + variant.features),
        network(variant.features),
        Tensor.of(shape, input),
        SAMPLES,
        variant.steps,
        Map.of("updates", (double) input.length),
        variant.spikes);
  }

  private static float[] input(int steps, int features) {
    return Hash.floats(steps * SAMPLES * features, SEED, 2, 0);
  }

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    for (Variant variant : VARIANTS) {
      for (int threads : options.threads()) {
        if (options.wants(variant.name())) {
          sink.accept(measure(variant, backend, threads, options.runs()));
        }
      }
    }
  }

  private static Measurement measure(Variant variant, Backend backend, int threads, int runs) {
    HeapPeak.reset();
    float[] input = input(variant.steps, variant.features);
    Network network = network(variant.features);
    Set<String> traces = variant.kind == Kind.V_SEQ ? Set.of(TRACE) : Set.of();
    Tile.Output output = variant.kind == Kind.BITS ? Tile.Output.AS_KEPT : Tile.Output.FLOATS;
    List<Tile> tiles =
        Tile.shared(
            threads,
            SAMPLES,
            variant.steps,
            variant.features,
            input,
            batch -> new Tile(backend, network, batch, variant.steps, traces, output));
    double[] seconds = Stopwatch.time(List.copyOf(tiles), runs);
    long spikes = (long) Tile.outputSum(tiles);
    WrongAnswerException.require("W1 " + variant.name() + " spikes", variant.spikes, spikes);
    double lastV = 0;
    for (Tile tile : tiles) {
      for (Tensor memory : tile.memories()) {
        for (float v : memory.floats()) {
          lastV += v;
        }
      }
    }
    double copy = copySeconds(input, threads, runs);
    double updates = input.length;
    double bytes =
        updates * (Float.BYTES + variant.kind.written) + 8.0 * SAMPLES * variant.features;
    Measurement measured =
        new Measurement(
            "W1",
            "velella " + backend.name(),
            threads,
            Map.of(
                "T", "" + variant.steps,
                "N", "" + SAMPLES,
                "F", "" + variant.features,
                "output", variant.kind.name().toLowerCase(Locale.ROOT)),
            seconds,
            Map.of("updates", updates, "bytes", bytes),
            String.format(Locale.ROOT, "spikes %d, last v %.3f", spikes, lastV),
            new TreeMap<>());
    return Ratios.add(measured, "of_copy", copy / measured.medianSeconds());
  }

  /** Seconds to copy as many numbers as go in, which is what reading x and writing s costs. */
  private static double copySeconds(float[] input, int threads, int runs) {
    List<Runnable> parts = new java.util.ArrayList<>();
    for (int part = 0; part < threads; part++) {
      int length = input.length / threads;
      float[] from = java.util.Arrays.copyOf(input, length);
      float[] to = new float[length];
      parts.add(() -> System.arraycopy(from, 0, to, 0, length));
    }
    return Ratios.median(Stopwatch.time(parts, runs));
  }
}
