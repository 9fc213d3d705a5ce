package org.velella.spark.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.Network;
import org.velella.spark.job.NetworkSource;
import org.velella.spark.job.UsageException;
import org.velella.tensor.Npy;
import org.velella.tensor.NpyException;
import org.velella.tensor.Tensor;

/**
 * A user's network on a user's events: samples per second, times the scalar definition, and times
 * the same plan evaluated without knowing about spikes.
 */
final class NetworkWorkload implements Workload {
  private static final String NAME = "net";

  /** Plain loops over all inputs are so slow that few samples must do. */
  private static final int DENSE_SAMPLES = 4;

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    BenchOptions.Subject subject = options.subject();
    Network network = NetworkSource.read(subject.network(), subject.convention(), subject.dt());
    int width = network.inputSize();
    int steps = subject.steps();
    int[] events = events(subject.input());
    int samples = 1 + column(events, 0, steps);
    float[] input = dense(events, samples, steps, width);
    Answers.requireScalar(backend, network, samples, steps, width, input);
    double scalar = 0;
    double denseScalar = 0;
    for (int threads : options.threads()) {
      List<Tile> tiles = tiles(backend, network, samples, steps, width, input, threads);
      double[] seconds = Stopwatch.time(List.copyOf(tiles), options.runs());
      double spikes = Tile.outputSum(tiles);
      if (scalar == 0) {
        List<Tile> defined = tiles(new ScalarBackend(), network, samples, steps, width, input, 1);
        scalar = Ratios.median(Stopwatch.time(List.copyOf(defined), 1));
        requireSum(subject.network(), spikes, defined);
        denseScalar = denseScalar(backend, network, samples, steps, width, input);
      }
      Measurement measured =
          new Measurement(
              NAME,
              "velella " + backend.name(),
              threads,
              Map.of(
                  "network", Path.of(subject.network()).getFileName().toString(),
                  "T", "" + steps,
                  "samples", "" + samples),
              seconds,
              Map.of("items", (double) samples),
              String.format(Locale.ROOT, "output sum %.3f", spikes),
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
  private static double denseScalar(
      Backend backend, Network network, int samples, int steps, int width, float[] input) {
    int few = Math.min(samples, DENSE_SAMPLES);
    float[] theirs = new float[steps * few * width];
    for (int t = 0; t < steps; t++) {
      System.arraycopy(input, t * samples * width, theirs, t * few * width, few * width);
    }
    List<Tile> dense = tiles(new DenseScalar(), network, few, steps, width, theirs, 1);
    double seconds = Ratios.median(Stopwatch.time(List.copyOf(dense), 1));
    List<Tile> same = tiles(backend, network, few, steps, width, theirs, 1);
    same.get(0).run();
    Answers.requireSame("Plain loops", same.get(0), dense.get(0));
    return seconds * samples / few;
  }

  private static void requireSum(String network, double found, List<Tile> defined) {
    if (Tile.outputSum(defined) != found) {
      throw new WrongAnswerException(
          "%s sums up to %s, by definition to %s"
              .formatted(network, found, Tile.outputSum(defined)));
    }
  }

  private static List<Tile> tiles(
      Backend backend,
      Network network,
      int samples,
      int steps,
      int width,
      float[] input,
      int threads) {
    return Tile.shared(
        Math.min(threads, samples),
        samples,
        steps,
        width,
        input,
        batch -> new Tile(backend, network, batch, steps, Set.of(), Tile.Output.AS_KEPT));
  }

  private static int[] events(String file) {
    try {
      Tensor table = Npy.read(Path.of(file));
      if (table.shape().rank() != 2 || table.shape().dim(1) != 3) {
        throw new UsageException(
            "%s has shape %s; bench takes events [E,3] of sample, step, index"
                .formatted(file, table.shape()));
      }
      return table.ints();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    } catch (NpyException | IllegalStateException | ClassCastException e) {
      throw new UsageException("Cannot read " + file + " as int32 events: " + e.getMessage(), e);
    }
  }

  private static int column(int[] events, int column, int steps) {
    int largest = 0;
    for (int i = 0; i < events.length; i += 3) {
      if (events[i + 1] < steps) {
        largest = Math.max(largest, events[i + column]);
      }
    }
    return largest;
  }

  private static float[] dense(int[] events, int samples, int steps, int width) {
    float[] input = new float[Math.toIntExact((long) steps * samples * width)];
    for (int i = 0; i < events.length; i += 3) {
      if (events[i + 2] < 0 || events[i + 2] >= width) {
        throw new UsageException(
            "Event %d has index %d, but the network has %d inputs"
                .formatted(i / 3, events[i + 2], width));
      }
      if (events[i + 1] < steps) {
        input[(events[i + 1] * samples + events[i]) * width + events[i + 2]]++;
      }
    }
    return input;
  }
}
