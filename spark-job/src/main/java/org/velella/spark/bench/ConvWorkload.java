package org.velella.spark.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.layer.PoolOperation;
import org.velella.network.Network;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * W3: convolutional networks, T = 8, batch 64, images per second: {@code csnn}, the seed's example
 * for FashionMNIST with direct coding, and {@code nmnist}, the NIR paper's topology on events.
 */
final class ConvWorkload implements Workload {
  private static final int BATCH = 64;
  private static final int STEPS = 8;
  private static final int JOB_IMAGES = 4096;

  private static Network csnn(int channels) {
    PoolOperation.Mode max = PoolOperation.Mode.MAXIMUM;
    return new Chain(Shape.of(1, 28, 28))
        .gain(1)
        .conv(1, channels, 3, 1, 1)
        .batchNorm(channels)
        .fire()
        .pool(max)
        .conv(channels, channels, 3, 1, 1)
        .batchNorm(channels)
        .fire()
        .pool(max)
        .flatten()
        .linear(channels * 49, channels * 16)
        .fire()
        .linear(channels * 16, 10)
        .fire()
        .end();
  }

  /** Convolutions, pooling, linear layers and one kind of neurons, on 2 x 34 x 34 inputs. */
  static Network nmnist() {
    PoolOperation.Mode average = PoolOperation.Mode.AVERAGE;
    return new Chain(Shape.of(2, 34, 34))
        .gain(2)
        .conv(2, 20, 5, 1, 0)
        .fire()
        .pool(average)
        .conv(20, 32, 5, 1, 0)
        .fire()
        .pool(average)
        .conv(32, 128, 3, 1, 0)
        .fire()
        .pool(average)
        .flatten()
        .linear(128, 500)
        .fire()
        .linear(500, 10)
        .end();
  }

  /** Many images through the smaller {@code csnn} as a whole Spark job. */
  static JobWorkload job() {
    float[] images = Hash.floats(JOB_IMAGES * 28 * 28, 31, 1, 0);
    return new JobWorkload(
        "W3-job",
        Map.of("net", "csnn", "C", "32", "N", "" + JOB_IMAGES),
        csnn(32),
        Tensor.of(Shape.of(JOB_IMAGES, 28 * 28), images),
        JOB_IMAGES,
        STEPS,
        Map.of("items", (double) JOB_IMAGES),
        -1);
  }

  private static float[] repeatedImages(int width) {
    float[] images = Hash.floats(BATCH * width, 31, 1, 0);
    float[] input = new float[STEPS * images.length];
    for (int t = 0; t < STEPS; t++) {
      System.arraycopy(images, 0, input, t * images.length, images.length);
    }
    return input;
  }

  private static float[] events(int width) {
    float[] input = Hash.floats(STEPS * BATCH * width, 32, 1, 0);
    for (int i = 0; i < input.length; i++) {
      input[i] = input[i] < 0.05f ? 1 : 0;
    }
    return input;
  }

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    for (int channels : List.of(32, 128)) {
      if (options.wants("csnn C=" + channels)) {
        Map<String, String> params = Map.of("net", "csnn", "C", "" + channels);
        float[] input = repeatedImages(28 * 28);
        measure(csnn(channels), 28 * 28, input, params, backend, options, sink);
      }
    }
    if (options.wants("nmnist")) {
      int width = 2 * 34 * 34;
      measure(nmnist(), width, events(width), Map.of("net", "nmnist"), backend, options, sink);
    }
  }

  private static void measure(
      Network network,
      int width,
      float[] input,
      Map<String, String> net,
      Backend backend,
      BenchOptions options,
      Consumer<Measurement> sink) {
    Map<String, String> params = new TreeMap<>(net);
    params.put("T", "" + STEPS);
    params.put("batch", "" + BATCH);
    String checked = Answers.requireScalar(backend, network, BATCH, STEPS, width, input);
    LayerWork work = LayerWork.of(network);
    double flops = 2 * work.terms() * STEPS * BATCH;
    double updates = work.neurons() * STEPS * BATCH;
    for (int threads : options.threads()) {
      HeapPeak.reset();
      List<Tile> tiles =
          Tile.shared(
              threads,
              BATCH,
              STEPS,
              width,
              input,
              batch -> new Tile(backend, network, batch, STEPS, Set.of(), Tile.Output.AS_KEPT));
      double[] seconds = Stopwatch.time(List.copyOf(tiles), options.runs());
      String sum = sum(params, network, Tile.outputSum(tiles));
      sink.accept(
          new Measurement(
              "W3",
              "velella " + backend.name(),
              threads,
              params,
              seconds,
              Map.of("items", (double) BATCH, "updates", updates),
              sum + "; " + checked,
              Map.of("dense_of_fma_peak", Ratios.ofPeak(flops, threads, Ratios.median(seconds)))));
    }
  }

  /** Of all images and classes, as the networks define it: spikes' mean or numbers' sum over T. */
  private static String sum(Map<String, String> params, Network network, double sum) {
    boolean spikes = network.spikes("output");
    if (spikes) {
      Answers.requireSpikes("W3 " + params, sum);
    } else if (sum == 0) {
      throw new WrongAnswerException("W3 " + params + " gives nothing");
    }
    return spikes
        ? String.format(Locale.ROOT, "mean over T, summed up, %.3f", sum / STEPS)
        : String.format(Locale.ROOT, "sum over T, summed up, %.3f", sum);
  }
}
