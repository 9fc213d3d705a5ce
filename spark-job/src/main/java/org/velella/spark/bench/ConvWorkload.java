package org.velella.spark.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.velella.backend.Backend;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.plan.ConvOp;
import org.velella.plan.LinearOp;
import org.velella.plan.Lowering;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.Stage;
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
  private static final int FIRST_WEIGHT_SEED = 100;
  private static final double BATCH_NORM_EPSILON = 1e-5;

  /** A chain of layers, built one after the other. */
  private static final class Chain {
    private final Network.Builder builder = Network.builder();
    private final float gain;
    private String last = "input";
    private int weights;
    private int count;

    Chain(Shape input, float gain) {
      this.gain = gain;
      builder.node(last, new InputOperation(input));
    }

    private Chain add(String kind, Operation operation) {
      String name = kind + count++;
      builder.node(name, operation).edge(last, name);
      last = name;
      return this;
    }

    private Tensor weight(Shape shape) {
      int fanIn = shape.size() / shape.dim(0);
      float bound = (float) (gain * Math.sqrt(6.0 / fanIn));
      int seed = FIRST_WEIGHT_SEED + weights++;
      return Tensor.of(shape, Hash.floats(shape.size(), seed, 2 * bound, -bound));
    }

    Chain conv(int in, int out, int kernel, int padding) {
      Shape pad = Shape.of(padding, padding);
      Tensor weight = weight(Shape.of(out, in, kernel, kernel));
      return add(
          "conv", new ConvOperation(2, weight, null, Shape.of(1, 1), pad, pad, Shape.of(1, 1), 1));
    }

    Chain batchNorm(int channels) {
      Shape shape = Shape.of(channels);
      Tensor ones = Tensor.of(shape, Hash.floats(channels, 0, 0, 1));
      Tensor zeros = Tensor.of(shape, new float[channels]);
      return add("bn", new BatchNormOperation(ones, zeros, zeros, ones, BATCH_NORM_EPSILON));
    }

    Chain fire() {
      return add(
          "if", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.HARD), Map.of()));
    }

    Chain pool(PoolOperation.Mode mode) {
      Shape two = Shape.of(2, 2);
      return add(
          "pool", new PoolOperation(mode, two, two, Shape.of(0, 0), PoolOperation.Divisor.WINDOW));
    }

    Chain linear(int in, int out) {
      return add("fc", new LinearOperation(weight(Shape.of(out, in)), null));
    }

    Chain flatten() {
      return add("flatten", new FlattenOperation(0, -1));
    }

    Network end() {
      return builder.node("output", new OutputOperation()).edge(last, "output").build();
    }
  }

  private static Network csnn(int channels) {
    PoolOperation.Mode max = PoolOperation.Mode.MAXIMUM;
    return new Chain(Shape.of(1, 28, 28), 1)
        .conv(1, channels, 3, 1)
        .batchNorm(channels)
        .fire()
        .pool(max)
        .conv(channels, channels, 3, 1)
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
    return new Chain(Shape.of(2, 34, 34), 2)
        .conv(2, 20, 5, 0)
        .fire()
        .pool(average)
        .conv(20, 32, 5, 0)
        .fire()
        .pool(average)
        .conv(32, 128, 3, 0)
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
    for (int threads : options.threads()) {
      for (int channels : List.of(32, 128)) {
        if (options.wants("csnn C=" + channels)) {
          Map<String, String> params = Map.of("net", "csnn", "C", "" + channels);
          float[] input = repeatedImages(28 * 28);
          sink.accept(
              measure(csnn(channels), 28 * 28, input, params, backend, threads, options.runs()));
        }
      }
      if (options.wants("nmnist")) {
        int width = 2 * 34 * 34;
        Map<String, String> params = Map.of("net", "nmnist");
        sink.accept(
            measure(nmnist(), width, events(width), params, backend, threads, options.runs()));
      }
    }
  }

  /** What all samples and steps take where no input is skipped, two for a multiply-add. */
  private static double denseFlops(Network network) {
    double terms = 0;
    Plan plan = Lowering.lower(network, PlanOptions.ofBatch(1));
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof ConvOp conv) {
          double perOutput = (double) conv.weight().length / conv.outChannels();
          terms += perOutput * conv.outChannels() * conv.outH() * conv.outW();
        } else if (op instanceof LinearOp linear) {
          terms += (double) linear.rows() * linear.inputs() * linear.outputs();
        }
      }
    }
    return 2 * terms * STEPS * BATCH;
  }

  private static Measurement measure(
      Network network,
      int width,
      float[] input,
      Map<String, String> params,
      Backend backend,
      int threads,
      int runs) {
    Answers.requireScalar(backend, network, BATCH, STEPS, width, input);
    List<Tile> tiles =
        Tile.shared(
            threads,
            BATCH,
            STEPS,
            width,
            input,
            batch -> new Tile(backend, network, batch, STEPS, Set.of(), Tile.Output.AS_KEPT));
    double[] seconds = Stopwatch.time(List.copyOf(tiles), runs);
    double sum = Tile.outputSum(tiles);
    double ofPeak = Ratios.ofPeak(denseFlops(network), threads, Ratios.median(seconds));
    if (network.spikes("output")) {
      Answers.requireSpikes("W3 " + params, sum);
    } else if (sum == 0) {
      throw new WrongAnswerException("W3 " + params + " gives nothing");
    }
    return new Measurement(
        "W3",
        "velella " + backend.name(),
        threads,
        params,
        seconds,
        Map.of("items", (double) BATCH),
        String.format(Locale.ROOT, "output sum %.3f", sum),
        Map.of("dense_of_fma_peak", ofPeak));
  }
}
