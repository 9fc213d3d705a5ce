package org.velella.spark.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.module.Samples;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.Stimulus;
import org.velella.simulate.TileInput;
import org.velella.spark.job.Examples;
import org.velella.sweep.Trial;
import org.velella.tensor.Tensor;

/**
 * W5: recurrent networks. Izhikevich's, CUBA and COBA alone for a second of their time, so that
 * seconds are those per biological second; and a batch of Brunel's, see {@link BrunelBatch}.
 */
final class RecurrentWorkload implements Workload {
  static final String NAME = "W5";

  /** Steps in which the definition is to agree. */
  private static final int CHECKED = 500;

  /** One network. */
  private enum Single {
    IZHIKEVICH("izh1000", "izhikevich2003.yaml", 1000, 1),
    CUBA("cuba4000", "cuba.yaml", 4000, 0.1),
    COBA("coba4000", "coba.yaml", 4000, 0.1);

    private final String variant;
    private final String file;
    private final int neurons;
    private final double milliseconds;

    Single(String variant, String file, int neurons, double milliseconds) {
      this.variant = variant;
      this.file = file;
      this.neurons = neurons;
      this.milliseconds = milliseconds;
    }

    private int steps() {
      return (int) Math.round(1000 / milliseconds);
    }
  }

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    for (Single each : Single.values()) {
      if (options.wants(each.variant)) {
        sink.accept(measure(each, backend, options.runs()));
      }
    }
    new BrunelBatch(backend).run(options, sink);
  }

  private static Measurement measure(Single of, Backend backend, int runs) {
    Network network = Examples.model(of.file).network();
    int width = network.inputSize();
    TileInput input = input(of, width);
    requireScalar(of, network, backend, input);
    long[] spikes = new long[1];
    try (Simulator simulator =
        new Simulator(network, backend, Probes.NONE, SimulatorOptions.DEFAULT)) {
      Runnable second =
          () -> {
            TileParameters none = TileParameters.NONE;
            int[] counts =
                simulator
                    .run(simulator.initial(1, none), input, of.steps(), none, RecordSink.NONE)
                    .spikeCounts()
                    .ints();
            spikes[0] = Arrays.stream(counts).asLongStream().sum();
          };
      double[] seconds = Stopwatch.alternately(List.of(second), runs)[0];
      Answers.requireSpikes(of.variant, spikes[0]);
      return new Measurement(
          NAME,
          "velella " + backend.name(),
          1,
          Map.of("net", of.variant, "T", "" + of.steps()),
          seconds,
          Map.of("updates", (double) of.neurons * of.steps()),
          String.format(
              Locale.ROOT,
              "spikes %d, %.2f Hz; %d steps as the definition",
              spikes[0],
              spikes[0] / (double) of.neurons,
              CHECKED),
          Map.of());
    }
  }

  private static void requireScalar(Single of, Network network, Backend backend, TileInput input) {
    List<Tensor> expected = memories(network, new ScalarBackend(), input);
    List<Tensor> found = memories(network, backend, input);
    List<String> names = List.copyOf(network.memories().keySet());
    for (int m = 0; m < expected.size(); m++) {
      if (!found.get(m).bitEquals(expected.get(m))) {
        throw new WrongAnswerException(
            "%s: memory %s differs after %d steps".formatted(of.variant, names.get(m), CHECKED));
      }
    }
  }

  private static List<Tensor> memories(Network network, Backend backend, TileInput input) {
    TileParameters none = TileParameters.NONE;
    try (Simulator simulator =
        new Simulator(network, backend, Probes.NONE, SimulatorOptions.DEFAULT)) {
      return simulator
          .run(simulator.initial(1, none), input, CHECKED, none, RecordSink.NONE)
          .memories();
    }
  }

  /** White noise for Izhikevich's, which alone has inputs. */
  private static TileInput input(Single of, int width) {
    if (of == Single.IZHIKEVICH) {
      Trial trial = new Trial(0, 0, 0, new TreeMap<>(), new TreeMap<>());
      return Stimulus.parse("white:sigma=1")
          .input(List.of(trial), Samples.numbered(), width, of.milliseconds / 1000);
    }
    return new Silence();
  }

  /** Zeros, the same at every step. */
  static final class Silence implements TileInput {
    @Override
    public void fill(long firstStep, int steps, float[] target) {
      Arrays.fill(target, 0);
    }

    @Override
    public boolean held() {
      return true;
    }
  }
}
