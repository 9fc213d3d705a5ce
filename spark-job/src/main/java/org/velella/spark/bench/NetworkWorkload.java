package org.velella.spark.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.network.Network;
import org.velella.spark.job.NetworkSource;
import org.velella.spark.job.UsageException;
import org.velella.tensor.Npy;
import org.velella.tensor.NpyException;
import org.velella.tensor.Tensor;

/** A user's network on a user's events; see {@link EventRun}. */
final class NetworkWorkload implements Workload {
  /** 2 GB; the bench holds some copies. */
  private static final int MOST_VALUES = 1 << 29;

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    BenchOptions.Subject subject = options.subject();
    Network network = NetworkSource.read(subject.network(), subject.convention(), subject.dt());
    int width = network.inputSize();
    int steps = subject.steps();
    int[] events = events(subject.input(), width);
    int samples = samples(events, steps, width);
    float[] input = dense(events, samples, steps, width);
    String name = Path.of(subject.network()).getFileName().toString();
    new EventRun("net", name, network, samples, steps, input).measure(backend, options, "", sink);
  }

  private static int[] events(String file, int width) {
    try {
      Tensor table = Npy.read(Path.of(file));
      if (table.shape().rank() != 2 || table.shape().dim(1) != 3) {
        throw new UsageException(
            "%s has shape %s; bench takes events [E,3] of sample, step, index"
                .formatted(file, table.shape()));
      }
      return checked(table.ints(), file, width);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    } catch (NpyException | IllegalStateException | ClassCastException e) {
      throw new UsageException("Cannot read " + file + " as int32 events: " + e.getMessage(), e);
    }
  }

  private static int[] checked(int[] events, String file, int width) {
    for (int i = 0; i < events.length; i += 3) {
      if (events[i] < 0 || events[i + 1] < 0) {
        throw new UsageException(
            "Event %d of %s is of sample %d, step %d; both count from 0"
                .formatted(i / 3, file, events[i], events[i + 1]));
      }
      if (events[i + 2] < 0 || events[i + 2] >= width) {
        throw new UsageException(
            "Event %d of %s has index %d, but the network has %d inputs"
                .formatted(i / 3, file, events[i + 2], width));
      }
    }
    return events;
  }

  /** How many there are in so many steps. */
  private static int samples(int[] events, int steps, int width) {
    int last = 0;
    for (int i = 0; i < events.length; i += 3) {
      last = events[i + 1] < steps ? Math.max(last, events[i]) : last;
    }
    double values = (1.0 + last) * steps * width;
    if (values > MOST_VALUES) {
      throw new UsageException(
          "%d samples of %d steps and %d inputs are %.0f values; bench holds all, and at most %d: give it fewer samples or --steps"
              .formatted(1L + last, steps, width, values, MOST_VALUES));
    }
    return 1 + last;
  }

  private static float[] dense(int[] events, int samples, int steps, int width) {
    float[] input = new float[steps * samples * width];
    for (int i = 0; i < events.length; i += 3) {
      if (events[i + 1] < steps) {
        input[(events[i + 1] * samples + events[i]) * width + events[i + 2]]++;
      }
    }
    return input;
  }
}
