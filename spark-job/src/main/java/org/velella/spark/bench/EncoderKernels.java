package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.backend.vector.VectorRandom;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.EncoderOperation;
import org.velella.encoding.PoissonCountOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.tensor.Shape;

/** Random words and encoders, beside plain loops for the same words and the scalar backend. */
final class EncoderKernels {
  /** What each is called, with its operation. */
  static final Map<String, EncoderOperation> KINDS =
      Map.of(
          "encoder dense", BernoulliOperation.dense(),
          "encoder skip 1%", BernoulliOperation.skip(0.01f),
          "poisson counts mean 1.5", new PoissonCountOperation());

  private static final double MEAN = 1.5;

  private static final int ELEMENTS = 1 << 16;
  private static final int STEPS = 16;
  private static final int REPEATS = 64;
  private static final long KEY = CounterRandom.key(7, "bench");
  private static final int SAMPLE = 11;

  private EncoderKernels() {}

  /** Words of the generator, beside the loops that define them. */
  static Timed words(int runs) {
    int blocks = ELEMENTS / CounterRandom.BLOCK_WORDS;
    int[] words = new int[ELEMENTS];
    int[] expected = new int[ELEMENTS];
    VectorRandom random = new VectorRandom(KEY);
    Runnable run =
        () -> {
          for (int step = 0; step < REPEATS; step++) {
            random.words(SAMPLE, step, 0, blocks, words, 0);
          }
        };
    Runnable plain =
        () -> {
          for (int step = 0; step < REPEATS; step++) {
            CounterRandom.words(KEY, SAMPLE, step, 0, blocks, expected, 0);
          }
        };
    double[][] seconds = Stopwatch.alternately(List.of(run, plain), runs);
    if (!Arrays.equals(expected, words)) {
      throw new WrongAnswerException("The random numbers differ from their definition");
    }
    Map<String, Double> work = Map.of("items", (double) ELEMENTS * REPEATS);
    return timed(new Kernel(Map.of(), run, work, () -> "as defined"), "of_plain_loop", seconds);
  }

  /** An encoder, beside the scalar backend on the same inputs. */
  static Timed encoder(String name, Backend backend, int runs) {
    EncoderOperation operation = KINDS.get(name);
    Tile tile = tile(backend, operation);
    Tile scalar = tile(new ScalarBackend(), operation);
    List<Runnable> both = new ArrayList<>(List.of(tile, scalar));
    double[][] seconds = Stopwatch.alternately(both, runs);
    Answers.requireSame(name, scalar, tile);
    requireRate(name, tile.outputSum(), operation);
    Kernel kernel =
        new Kernel(
            Map.of("rate", "" + rate(operation)),
            tile,
            Map.of("items", (double) ELEMENTS * STEPS),
            () -> "spikes %.0f".formatted(tile.outputSum()));
    return timed(kernel, "of_scalar", seconds);
  }

  private static Timed timed(Kernel kernel, String ratio, double[][] seconds) {
    double times = Ratios.median(seconds[1]) / Ratios.median(seconds[0]);
    return new Timed(kernel, seconds[0], Map.of(ratio, times));
  }

  private static double rate(EncoderOperation operation) {
    if (operation instanceof BernoulliOperation spikes) {
      return spikes.limit() == 1 ? 0.3 : spikes.limit();
    }
    return MEAN;
  }

  /** The encoder's network of one tile, its input filled with the rate. */
  static Tile tile(Backend backend, EncoderOperation operation) {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(ELEMENTS)))
            .node("encoder", operation)
            .node("output", new OutputOperation())
            .edge("input", "encoder")
            .edge("encoder", "output")
            .build();
    Tile tile = new Tile(backend, network, 1, STEPS, Set.of(), Tile.Output.AS_KEPT);
    Arrays.fill(tile.input(), (float) rate(operation));
    return tile;
  }

  /** Within six standard deviations: what chance leaves once in a thousand million runs. */
  private static void requireRate(String name, double spikes, EncoderOperation operation) {
    double count = (double) ELEMENTS * STEPS;
    double rate = rate(operation);
    double variance = operation instanceof BernoulliOperation ? rate * (1 - rate) : rate;
    double bound = 6 * Math.sqrt(count * variance);
    if (Math.abs(spikes - count * rate) > bound) {
      throw new WrongAnswerException(
          "%s fired %.0f times, expected %.0f within %.0f"
              .formatted(name, spikes, count * rate, bound));
    }
  }
}
