package org.velella.spark.bench;

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
import org.velella.simulate.TileInput;
import org.velella.tensor.Tensor;

/**
 * W5: recurrent networks. Izhikevich's, CUBA and COBA alone for a second of their time, so that
 * seconds are those per biological second, each on one thread; and batches of 64: of these three,
 * see {@link RecurrentBatch}, and of Brunel's, see {@link BrunelBatch}.
 */
final class RecurrentWorkload implements Workload {
  static final String NAME = "W5";

  /** Steps in which the definition is to agree. */
  private static final int CHECKED = 500;

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    for (RecurrentNetwork each : RecurrentNetwork.values()) {
      if (options.wants(each.variant())) {
        sink.accept(measure(each, backend, options.runs()));
      }
    }
    RecurrentBatch.run(backend, options, sink);
    new BrunelBatch(backend).run(options, sink);
  }

  private static Measurement measure(RecurrentNetwork of, Backend backend, int runs) {
    HeapPeak.reset();
    Network network = of.network();
    int width = network.inputSize();
    TileInput input = of.input(width, 0, 1);
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
      Answers.requireSpikes(of.variant(), spikes[0]);
      return new Measurement(
          NAME,
          "velella " + backend.name(),
          1,
          Map.of("net", of.variant(), "T", "" + of.steps()),
          seconds,
          Map.of("updates", (double) of.neurons() * of.steps()),
          String.format(
              Locale.ROOT,
              "spikes %d, %.2f Hz; %d steps as the definition",
              spikes[0],
              spikes[0] / (double) of.neurons(),
              CHECKED),
          Map.of());
    }
  }

  private static void requireScalar(
      RecurrentNetwork of, Network network, Backend backend, TileInput input) {
    List<Tensor> expected = memories(network, new ScalarBackend(), input);
    List<Tensor> found = memories(network, backend, input);
    List<String> names = List.copyOf(network.memories().keySet());
    for (int m = 0; m < expected.size(); m++) {
      if (!found.get(m).bitEquals(expected.get(m))) {
        throw new WrongAnswerException(
            "%s: memory %s differs after %d steps".formatted(of.variant(), names.get(m), CHECKED));
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
}
