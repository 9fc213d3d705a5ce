package org.velella.spark.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * W2: Linear(n to n) with bias and LIF(tau 5), batch 16, T = 500, on dense inputs: the network of
 * the Open Neuromorphic benchmark, forward only. With its published weights and inputs the
 * potential hardly ever reaches the threshold, so unlike elsewhere no spikes are asked for.
 */
final class LinearLifWorkload implements Workload {
  private static final int BATCH = 16;
  private static final int STEPS = 500;
  private static final List<Integer> SIZES = List.of(512, 4096);

  private static Network network(int n) {
    float bound = (float) (1 / Math.sqrt(n));
    Tensor weight = Tensor.of(Shape.of(n, n), Hash.floats(n * n, 12, 2 * bound, -bound));
    Tensor bias = Tensor.of(Shape.of(n), Hash.floats(n, 13, 2 * bound, -bound));
    return Network.builder()
        .node("input", new InputOperation(Shape.of(n)))
        .node("fc", new LinearOperation(weight, bias))
        .node(
            "lif",
            new NeuronOperation(
                NeuronModels.lif(InputDecay.ON, ResetKind.HARD),
                Map.of("tau", ParameterValue.of(5))))
        .node("output", new OutputOperation())
        .edge("input", "fc")
        .edge("fc", "lif")
        .edge("lif", "output")
        .build();
  }

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    for (int n : SIZES) {
      if (options.wants("n=" + n)) {
        float root = (float) Math.sqrt(3);
        float[] input = Hash.floats(STEPS * BATCH * n, 11, 2 * root, -root);
        Network network = network(n);
        String checked = Answers.requireScalar(backend, network, BATCH, STEPS, n, input);
        for (int threads : options.threads()) {
          sink.accept(measure(network, n, input, checked, backend, threads, options.runs()));
        }
      }
    }
  }

  private static Measurement measure(
      Network network,
      int n,
      float[] input,
      String checked,
      Backend backend,
      int threads,
      int runs) {
    HeapPeak.reset();
    List<Tile> tiles =
        Tile.shared(
            threads,
            BATCH,
            STEPS,
            n,
            input,
            batch -> new Tile(backend, network, batch, STEPS, Set.of(), Tile.Output.AS_KEPT));
    double[] seconds = Stopwatch.time(List.copyOf(tiles), runs);
    double spikes = Tile.outputSum(tiles);
    double updates = (double) STEPS * BATCH * n;
    double ofPeak = Ratios.ofPeak(2 * updates * n, threads, Ratios.median(seconds));
    return new Measurement(
        "W2",
        "velella " + backend.name(),
        threads,
        Map.of("n", "" + n, "T", "" + STEPS, "batch", "" + BATCH),
        seconds,
        Map.of("updates", updates, "flops", 2 * updates * n),
        String.format(Locale.ROOT, "spikes %.0f; %s", spikes, checked),
        Map.of("of_fma_peak", ofPeak));
  }
}
