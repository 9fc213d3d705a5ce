package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;

/**
 * 64 networks of one wiring that start in different ways, or have noise of their own, for a second
 * of their time; beside it, in turns, some of them one after the other on as many threads.
 */
final class RecurrentBatch {
  private static final int NETWORKS = 64;

  /** Networks that run one at a time, to compare with. */
  private static final int ALONE = 8;

  /** Networks of a tile. */
  private static final int TILE = 4;

  /** Steps in which the definition is to agree. */
  private static final int CHECKED = 200;

  private final RecurrentNetwork of;
  private final Backend backend;
  private final Network network;
  private final long[] spikes = new long[NETWORKS];

  private RecurrentBatch(RecurrentNetwork of, Backend backend) {
    this.of = of;
    this.backend = backend;
    network = of.network();
  }

  static void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    for (RecurrentNetwork each : RecurrentNetwork.values()) {
      if (options.wants(each.batch())) {
        new RecurrentBatch(each, backend).measure(options, sink);
      }
    }
  }

  private void measure(BenchOptions options, Consumer<Measurement> sink) {
    HeapPeak.reset();
    requireScalar();
    List<Simulator> simulators = new ArrayList<>();
    try {
      List<List<Runnable>> groups = new ArrayList<>();
      for (int threads : options.threads()) {
        while (simulators.size() < threads) {
          simulators.add(simulator(backend));
        }
        groups.add(parts(simulators, threads, NETWORKS, TILE));
        groups.add(parts(simulators, threads, Math.max(ALONE, threads), 1));
      }
      Stopwatch.Taken taken = Stopwatch.inTurns(groups, options.runs());
      for (int i = 0; i < spikes.length; i++) {
        Answers.requireSpikes("Network %d of %s".formatted(i, of.batch()), spikes[i]);
      }
      for (int i = 0; i < options.threads().size(); i++) {
        sink.accept(measurement(options.threads().get(i), taken, 2 * i));
      }
    } finally {
      simulators.forEach(Simulator::close);
    }
  }

  private Simulator simulator(Backend on) {
    return new Simulator(network, on, Probes.NONE, SimulatorOptions.DEFAULT);
  }

  /** Some networks, shared out among threads in tiles. */
  private List<Runnable> parts(List<Simulator> simulators, int threads, int networks, int tile) {
    List<Runnable> parts = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int from = networks * thread / threads;
      int to = networks * (thread + 1) / threads;
      Simulator simulator = simulators.get(thread);
      parts.add(
          () -> {
            for (int lo = from; lo < to; lo += tile) {
              count(simulator, lo, Math.min(tile, to - lo));
            }
          });
    }
    return parts;
  }

  private void count(Simulator simulator, int from, int networks) {
    int[] counts = run(simulator, from, networks, of.steps()).spikeCounts().ints();
    int each = counts.length / networks;
    for (int n = 0; n < networks; n++) {
      spikes[from + n] = Arrays.stream(counts, n * each, (n + 1) * each).asLongStream().sum();
    }
  }

  private TileState run(Simulator simulator, int from, int networks, int steps) {
    return simulator.run(
        RecurrentNetwork.start(simulator, from, networks),
        of.input(network.inputSize(), from, networks),
        steps,
        TileParameters.NONE,
        RecordSink.NONE);
  }

  /** The first and the last network of a tile, the second tile's: each as it is alone. */
  private void requireScalar() {
    List<String> names = List.copyOf(network.memories().keySet());
    try (Simulator fast = simulator(backend);
        Simulator plain = simulator(new ScalarBackend())) {
      TileState found = run(fast, TILE, TILE, CHECKED);
      for (int n : new int[] {0, TILE - 1}) {
        TileState expected = run(plain, TILE + n, 1, CHECKED);
        for (int m = 0; m < names.size(); m++) {
          if (!found.slice(n, n + 1).memories().get(m).bitEquals(expected.memories().get(m))) {
            throw new WrongAnswerException(
                "%s: memory %s of network %d differs after %d steps"
                    .formatted(of.batch(), names.get(m), TILE + n, CHECKED));
          }
        }
      }
    }
  }

  private Measurement measurement(int threads, Stopwatch.Taken taken, int group) {
    double hertz = 1.0 / of.neurons();
    double mean = Arrays.stream(spikes).average().orElse(0);
    Measurement measured =
        new Measurement(
            RecurrentWorkload.NAME,
            "velella " + backend.name(),
            threads,
            Map.of("net", of.batch(), "T", "" + of.steps()),
            taken.wall()[group],
            Map.of(
                "updates",
                (double) NETWORKS * of.neurons() * of.steps(),
                "items",
                (double) NETWORKS),
            String.format(
                Locale.ROOT,
                "%.2f Hz, from %.2f to %.2f, %d of %d below half of that; %d steps as the definition",
                mean * hertz,
                Arrays.stream(spikes).min().orElse(0) * hertz,
                Arrays.stream(spikes).max().orElse(0) * hertz,
                Arrays.stream(spikes).filter(count -> count < mean / 2).count(),
                NETWORKS,
                CHECKED),
            Map.of());
    int alone = Math.max(ALONE, threads);
    Measurement byClock = Ratios.add(measured, "of_alone", ofAlone(taken.wall(), group, alone));
    return Ratios.add(byClock, "of_alone_cpu", ofAlone(taken.processor(), group, alone));
  }

  private static double ofAlone(double[][] seconds, int group, int alone) {
    double perNetwork = Ratios.median(seconds[group]) / NETWORKS;
    return Ratios.median(seconds[group + 1]) / alone / perNetwork;
  }
}
