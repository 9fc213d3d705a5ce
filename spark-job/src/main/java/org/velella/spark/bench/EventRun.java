package org.velella.spark.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.Network;

/**
 * A network on events: samples per second, times the scalar definition, and times the same plan
 * evaluated without knowing about spikes.
 *
 * @param workload its name
 * @param name of the network
 * @param input {@code [T, N, *]}
 */
record EventRun(
    String workload, String name, Network network, int samples, int steps, float[] input) {
  /** Plain loops over all inputs are so slow that few samples must do. */
  private static final int DENSE_SAMPLES = 4;

  /**
   * Measures on each number of threads.
   *
   * @param found what else is to be said of the answer, or nothing
   */
  void measure(Backend backend, BenchOptions options, String found, Consumer<Measurement> sink) {
    String checked =
        Answers.requireScalar(backend, network, samples, steps, network.inputSize(), input);
    double updates = LayerWork.of(network).neurons() * steps * samples;
    double scalar = 0;
    double denseScalar = 0;
    float[] defined = null;
    for (int threads : options.threads()) {
      HeapPeak.reset();
      List<Tile> tiles = tiles(backend, samples, input, threads);
      double[] seconds = Stopwatch.time(List.copyOf(tiles), options.runs());
      double sum = Tile.outputSum(tiles);
      if (defined == null) {
        List<Tile> whole = tiles(new ScalarBackend(), samples, input, 1);
        scalar = Ratios.median(Stopwatch.time(List.copyOf(whole), 1));
        defined = whole.get(0).outputNumbers();
        denseScalar = denseScalar(backend);
      }
      requireSame(defined, tiles);
      Measurement measured =
          new Measurement(
              workload,
              "velella " + backend.name(),
              threads,
              Map.of("network", name, "T", "" + steps, "samples", "" + samples),
              seconds,
              Map.of("items", (double) samples, "updates", updates),
              String.format(Locale.ROOT, "output sum %.3f%s; %s", sum, found, checked),
              Map.of());
      double taken = measured.medianSeconds();
      measured = Ratios.add(measured, "of_scalar", scalar / taken);
      sink.accept(Ratios.add(measured, "of_dense_scalar", denseScalar / taken));
    }
  }

  /**
   * Seconds that plain loops over all inputs take for all samples, told from a few of them, which
   * must come out bit for bit as the backend has them.
   */
  private double denseScalar(Backend backend) {
    int width = network.inputSize();
    int few = Math.min(samples, DENSE_SAMPLES);
    float[] theirs = new float[steps * few * width];
    for (int t = 0; t < steps; t++) {
      System.arraycopy(input, t * samples * width, theirs, t * few * width, few * width);
    }
    List<Tile> dense = tiles(new DenseScalar(), few, theirs, 1);
    double seconds = Ratios.median(Stopwatch.time(List.copyOf(dense), 1));
    List<Tile> same = tiles(backend, few, theirs, 1);
    same.get(0).run();
    Answers.requireSame("Plain loops", same.get(0), dense.get(0));
    return seconds * samples / few;
  }

  /**
   * Compares what tiles of some samples each have put out with the definition, bit for bit.
   *
   * @param defined {@code [T, N, *]} of all samples
   */
  private void requireSame(float[] defined, List<Tile> tiles) {
    int step = defined.length / steps;
    int at = 0;
    for (Tile tile : tiles) {
      float[] found = tile.outputNumbers();
      int part = found.length / steps;
      for (int t = 0; t < steps; t++) {
        int from = t * step + at;
        int different =
            Arrays.mismatch(defined, from, from + part, found, t * part, (t + 1) * part);
        if (different >= 0) {
          throw new WrongAnswerException(
              "%s, step %d, output %d: %s, by definition %s"
                  .formatted(
                      name,
                      t,
                      at + different,
                      found[t * part + different],
                      defined[from + different]));
        }
      }
      at += part;
    }
  }

  private List<Tile> tiles(Backend backend, int count, float[] theirs, int threads) {
    return Tile.shared(
        Math.min(threads, count),
        count,
        steps,
        network.inputSize(),
        theirs,
        batch -> new Tile(backend, network, batch, steps, Set.of(), Tile.Output.AS_KEPT));
  }
}
