package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.PoissonCounts;
import org.velella.module.Samples;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;
import org.velella.spark.job.Examples;

/**
 * 64 of Brunel's networks, of all combinations of four values of g and four of the drive, with four
 * seeds each; their connectivity is one. Beside it the plain loop of {@link PlainBrunel} runs one
 * seed of each combination, with a cheap generator of random numbers; with the network's own it
 * gives the network's spikes.
 */
final class BrunelBatch {
  private static final String VARIANT = "brunel x 64";
  private static final int NETWORKS = 64;

  /** Networks from one of a combination to its next. */
  private static final int COMBINATIONS = 16;

  private static final int STEPS = 1000;
  private static final int CHECKED = 200;
  private static final double[] G = {4.5, 5, 5.5, 6};
  private static final double[] ETA = {1.5, 2, 3, 4};

  /** Inhibition and rate at the threshold of the file. */
  private static final double OWN_G = 5;

  private static final double THRESHOLD_RATE = 0.01;
  private static final double SOURCES = 1000;
  private static final double DT = 0.1;
  private static final int TILE = 1;

  private final Backend backend;

  BrunelBatch(Backend backend) {
    this.backend = backend;
  }

  private static double scale(int network) {
    return G[network % G.length] / OWN_G;
  }

  private static double rate(int network) {
    return ETA[network / G.length % ETA.length] * THRESHOLD_RATE;
  }

  private static long seed(int network) {
    return network / COMBINATIONS;
  }

  private static TileParameters parameters(int from, int count) {
    double[] scales = new double[count];
    double[] rates = new double[count];
    long[] seeds = new long[count];
    for (int n = 0; n < count; n++) {
      scales[n] = scale(from + n);
      rates[n] = rate(from + n);
      seeds[n] = seed(from + n);
    }
    return TileParameters.of(
            Map.of(
                "ie.weight_scale", scales,
                "ii.weight_scale", scales,
                "to_exc.rate", rates,
                "to_inh.rate", rates))
        .with(Samples.of(seeds, new long[count]));
  }

  void run(BenchOptions options, Consumer<Measurement> sink) {
    if (!options.wants(VARIANT)) {
      return;
    }
    HeapPeak.reset();
    Network network = Examples.model("brunel2000.yaml").network();
    PlainBrunel plain = new PlainBrunel(network, starts(network));
    requireSame(network, plain);
    measure(network, plain, options, sink);
  }

  /** The first potentials, excitatory neurons first. */
  private float[] starts(Network network) {
    List<String> names = List.copyOf(network.memories().keySet());
    try (Simulator simulator = simulator(network)) {
      TileState fresh = simulator.initial(1, TileParameters.NONE);
      float[] exc = fresh.memories().get(names.indexOf("exc.v")).floats();
      float[] inh = fresh.memories().get(names.indexOf("inh.v")).floats();
      float[] all = Arrays.copyOf(exc, exc.length + inh.length);
      System.arraycopy(inh, 0, all, exc.length, inh.length);
      return all;
    }
  }

  private Simulator simulator(Network network) {
    return new Simulator(network, backend, Probes.NONE, SimulatorOptions.DEFAULT);
  }

  private static PoissonCounts drive(int network) {
    return new PoissonCounts((float) (rate(network) * SOURCES * DT));
  }

  /** All networks of one seed, for some steps: each neuron sends the same spikes. */
  private void requireSame(Network network, PlainBrunel plain) {
    int inhibitory = network.outputShape("inh").size();
    int excitatory = network.outputShape("exc").size();
    try (Simulator simulator = simulator(network)) {
      for (int n = 0; n < COMBINATIONS; n++) {
        int[] found = counts(simulator, n, 1, CHECKED);
        int[] expected =
            plain.run(CHECKED, (float) scale(n), drive(n), own(seed(n), excitatory, inhibitory));
        for (int i = 0; i < expected.length; i++) {
          if (found[i] != expected[i]) {
            throw new WrongAnswerException(
                "Brunel's network %d: neuron %d sends %d spikes in %d steps, the plain loop's %d"
                    .formatted(n, i, found[i], CHECKED, expected[i]));
          }
        }
        Answers.requireSpikes("Brunel's network " + n, Arrays.stream(found).sum());
      }
    }
  }

  /** The numbers that the network draws. */
  private static PlainBrunel.Words own(long seed, int excitatory, int inhibitory) {
    long toExc = CounterRandom.key(seed, "to_exc.events");
    long toInh = CounterRandom.key(seed, "to_inh.events");
    int[] some = new int[blocks(Math.max(excitatory, inhibitory)) * CounterRandom.BLOCK_WORDS];
    return (step, words) -> {
      CounterRandom.words(toExc, 0, step, 0, blocks(excitatory), some, 0);
      System.arraycopy(some, 0, words, 0, excitatory);
      CounterRandom.words(toInh, 0, step, 0, blocks(inhibitory), some, 0);
      System.arraycopy(some, 0, words, excitatory, inhibitory);
    };
  }

  private static int blocks(int words) {
    return (words + CounterRandom.BLOCK_WORDS - 1) / CounterRandom.BLOCK_WORDS;
  }

  /** As cheap as any: a Weyl sequence, mixed once (Steele and others 2014). */
  private static PlainBrunel.Words cheap(long seed) {
    return (step, words) -> {
      long state = seed + ((long) step << 32);
      for (int i = 0; i < words.length; i++) {
        state += 0x9E3779B97F4A7C15L;
        long mixed = (state ^ state >>> 33) * 0x62A9D9ED799705F5L;
        words[i] = (int) ((mixed ^ mixed >>> 28) * 0xCB24D0A5C88C35B3L >>> 32);
      }
    };
  }

  private static int[] counts(Simulator simulator, int from, int networks, int steps) {
    TileParameters own = parameters(from, networks);
    return simulator
        .run(
            simulator.initial(networks, own),
            new RecurrentNetwork.Silence(),
            steps,
            own,
            RecordSink.NONE)
        .spikeCounts()
        .ints();
  }

  /** Networks and loops on each number of threads, in turns. */
  private void measure(
      Network network, PlainBrunel plain, BenchOptions options, Consumer<Measurement> sink) {
    List<Simulator> simulators = new ArrayList<>();
    try {
      List<List<Part>> parts = new ArrayList<>();
      List<List<Runnable>> groups = new ArrayList<>();
      for (int threads : options.threads()) {
        while (simulators.size() < threads) {
          simulators.add(simulator(network));
        }
        List<Part> some = new ArrayList<>();
        List<Runnable> loops = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          some.add(new Part(simulators.get(thread), share(NETWORKS, thread, threads)));
          loops.add(loops(plain, share(COMBINATIONS, thread, threads)));
        }
        parts.add(some);
        groups.add(List.copyOf(some));
        groups.add(loops);
      }
      Stopwatch.Taken taken = Stopwatch.inTurns(groups, options.runs());
      for (int i = 0; i < parts.size(); i++) {
        double[][] wall = taken.wall();
        double[][] processor = taken.processor();
        Measurement measured = measurement(parts.get(i), plain, wall[2 * i]);
        measured = ofLoop(measured, "of_plain_loop", wall[2 * i], wall[2 * i + 1]);
        sink.accept(ofLoop(measured, "of_plain_loop_cpu", processor[2 * i], processor[2 * i + 1]));
      }
    } finally {
      simulators.forEach(Simulator::close);
    }
  }

  private static Runnable loops(PlainBrunel plain, int[] networks) {
    return () -> {
      for (int n : networks) {
        plain.run(STEPS, (float) scale(n), drive(n), cheap(seed(n)));
      }
    };
  }

  private static Measurement ofLoop(
      Measurement measured, String name, double[] networks, double[] loops) {
    double perLoop = Ratios.median(loops) / COMBINATIONS;
    return Ratios.add(measured, name, perLoop / (Ratios.median(networks) / NETWORKS));
  }

  private Measurement measurement(List<Part> parts, PlainBrunel plain, double[] seconds) {
    long spikes = parts.stream().mapToLong(part -> part.spikes).sum();
    double neurons = (double) NETWORKS * plain.neurons();
    return new Measurement(
        RecurrentWorkload.NAME,
        "velella " + backend.name(),
        parts.size(),
        Map.of("net", VARIANT, "T", "" + STEPS),
        seconds,
        Map.of("updates", neurons * STEPS, "items", (double) NETWORKS),
        String.format(
            Locale.ROOT,
            "%.2f Hz; %d steps of %d networks as the plain loop",
            spikes / neurons / (STEPS * DT / 1000),
            CHECKED,
            COMBINATIONS),
        Map.of());
  }

  /** Every so many of the networks, so that no thread has the faster ones. */
  private static int[] share(int networks, int thread, int threads) {
    return java.util.stream.IntStream.range(0, networks)
        .filter(n -> (n + n / COMBINATIONS) % threads == thread)
        .toArray();
  }

  /** Some networks on one thread. */
  private static final class Part implements Runnable {
    private final Simulator simulator;
    private final int[] networks;
    private long spikes;

    Part(Simulator simulator, int[] networks) {
      this.simulator = simulator;
      this.networks = networks;
    }

    @Override
    public void run() {
      spikes = 0;
      for (int n : networks) {
        spikes += Arrays.stream(counts(simulator, n, TILE, STEPS)).asLongStream().sum();
      }
    }
  }
}
