package org.velella.spark.bench;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.velella.backend.Backend;
import org.velella.layer.PoolOperation;
import org.velella.network.Network;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.tensor.Shape;

/**
 * The N-MNIST network of the NIR paper on 16 samples of 300 steps: layers and sizes are its own,
 * weights and events are made here, so that no file is needed. Events fall on the middle 18 by 18
 * pixels, 13.3 in a step; the weights are scaled so that about as many neurons fire in each layer
 * as in the paper's network on such events: 12.7, 27.9, 15.8, 13.3 and 0.16 in a step.
 */
final class EventCnnWorkload implements Workload {
  static final String NAME = "net-cnn";

  private static final int SAMPLES = 16;
  private static final int STEPS = 300;
  private static final int SIDE = 34;
  private static final int MARGIN = 8;
  private static final int EVENT_SEED = 33;
  private static final float DENSITY = 0.0205f;

  static Network network() {
    PoolOperation.Mode sum = PoolOperation.Mode.SUM;
    return new Chain(Shape.of(2, SIDE, SIDE))
        .gain(0.95)
        .conv(2, 16, 5, 2, 1)
        .fire()
        .gain(2.5)
        .conv(16, 16, 3, 1, 1)
        .fire()
        .pool(sum)
        .gain(1.3)
        .conv(16, 8, 3, 1, 1)
        .fire()
        .pool(sum)
        .flatten()
        .gain(0.65)
        .linear(128, 256)
        .fire()
        .gain(0.4)
        .linear(256, 10)
        .fire()
        .end();
  }

  /** Events of samples, {@code [T, N, 2, 34, 34]}. */
  private static float[] events() {
    float[] input = new float[STEPS * SAMPLES * 2 * SIDE * SIDE];
    for (int i = 0; i < input.length; i++) {
      int x = i % SIDE;
      int y = i / SIDE % SIDE;
      boolean inside = x >= MARGIN && x < SIDE - MARGIN && y >= MARGIN && y < SIDE - MARGIN;
      input[i] = inside && Hash.uniform(i, EVENT_SEED) < DENSITY ? 1 : 0;
    }
    return input;
  }

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    String name = "cnn of N-MNIST's size";
    if (!options.wants(name)) {
      return;
    }
    Network network = network();
    float[] input = events();
    String spikes = "; spikes in a step of a sample: " + layers(network, backend, input);
    new EventRun(NAME, name, network, SAMPLES, STEPS, input)
        .measure(backend, options, spikes, sink);
  }

  /** How many spikes each layer sends, layer by layer; every layer must. */
  private static String layers(Network network, Backend backend, float[] input) {
    Map<String, Long> counts = new TreeMap<>();
    network.nodes().stream()
        .filter(node -> node.operation() instanceof NeuronOperation)
        .forEach(node -> counts.put(node.name(), 0L));
    RecordSink counting = new LayerCounts(counts);
    int frame = SAMPLES * network.inputSize();
    try (Simulator simulator =
        new Simulator(
            network, backend, new Probes(counts.keySet(), Map.of()), SimulatorOptions.DEFAULT)) {
      simulator.run(
          simulator.initial(SAMPLES, TileParameters.NONE),
          (first, steps, target) ->
              System.arraycopy(input, (int) first * frame, target, 0, steps * frame),
          STEPS,
          TileParameters.NONE,
          counting);
    }
    counts.forEach((layer, count) -> Answers.requireSpikes(NAME + ", layer " + layer, count));
    return network.nodes().stream()
        .filter(node -> counts.containsKey(node.name()))
        .map(
            node ->
                String.format(
                    Locale.ROOT, "%.2f", counts.get(node.name()) / (double) (STEPS * SAMPLES)))
        .collect(Collectors.joining(" "));
  }

  private record LayerCounts(Map<String, Long> counts) implements RecordSink {
    @Override
    public void spikes(String node, int sample, long step, int neuron, int count) {
      counts.merge(node, (long) count, Long::sum);
    }

    @Override
    public void trace(
        String node,
        String variable,
        int sample,
        long step,
        float[] values,
        int offset,
        int length) {
      throw new IllegalStateException("Nothing is traced");
    }
  }
}
