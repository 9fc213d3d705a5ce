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
  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    BenchOptions.Subject subject = options.subject();
    Network network = NetworkSource.read(subject.network(), subject.convention(), subject.dt());
    int width = network.inputSize();
    int steps = subject.steps();
    int[] events = events(subject.input());
    int samples = 1 + column(events, 0, steps);
    float[] input = dense(events, samples, steps, width);
    String name = Path.of(subject.network()).getFileName().toString();
    new EventRun("net", name, network, samples, steps, input).measure(backend, options, "", sink);
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
