package org.velella.spark.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Trains the shipped {@code bars.nir}: 144 pixels, 24 hidden LIF neurons, 4 outputs, which tell in
 * which direction a noisy bar lies: 0 horizontal, 1 vertical, 2 falling, 3 rising.
 *
 * <p>Backpropagation through time with surrogate gradients (a fast sigmoid's) through both layers,
 * Adam, cross entropy of the outputs' spike counts. The reset is not differentiated. Everything is
 * drawn from one seed, and only operations that are the same on every machine are used.
 */
final class BarsTraining {
  static final int SIDE = 12;
  static final int PIXELS = SIDE * SIDE;
  static final int STEPS = 50;
  static final int DIRECTIONS = 4;
  private static final int HIDDEN = 24;
  private static final int REACH = 3;
  private static final double BAR_EVENTS = 0.25;
  private static final float LEAK = 0.05f;
  private static final float SLOPE = 4;
  private static final int BATCHES = 600;
  private static final int BATCH = 32;
  private static final double RATE = 1e-2;

  /** Of the softmax: so many spikes count as one unit. */
  private static final double TEMPERATURE = 4;

  private final SplittableRandom random = new SplittableRandom(2026);
  private final Weights first = new Weights(HIDDEN, PIXELS, 0.15);
  private final Weights second = new Weights(DIRECTIONS, HIDDEN, 0.4);

  /** A layer's weights, their gradients, and Adam's moments. */
  private final class Weights {
    final int from;
    final double[] values;
    final double[] gradient;
    private final double[] mean;
    private final double[] square;

    Weights(int to, int from, double spread) {
      this.from = from;
      values = new double[to * from];
      gradient = new double[to * from];
      mean = new double[to * from];
      square = new double[to * from];
      for (int i = 0; i < values.length; i++) {
        values[i] = spread * (2 * random.nextDouble() - 1) + spread / 3;
      }
    }

    void step(int count) {
      double meanScale = 1 / (1 - StrictMath.pow(0.9, count));
      double squareScale = 1 / (1 - StrictMath.pow(0.999, count));
      for (int i = 0; i < values.length; i++) {
        mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
        square[i] = 0.999 * square[i] + 0.001 * gradient[i] * gradient[i];
        values[i] -= RATE * mean[i] * meanScale / (StrictMath.sqrt(square[i] * squareScale) + 1e-8);
        gradient[i] = 0;
      }
    }

    float[][] asFloats() {
      float[][] matrix = new float[values.length / from][from];
      for (int i = 0; i < values.length; i++) {
        matrix[i / from][i % from] = (float) values[i];
      }
      return matrix;
    }
  }

  /** The pixels that send events, step by step. */
  static List<int[]> events(SplittableRandom random, int direction, double noise) {
    int middleY = REACH + random.nextInt(SIDE - 2 * REACH);
    int middleX = REACH + random.nextInt(SIDE - 2 * REACH);
    List<int[]> steps = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      int[] active = new int[PIXELS];
      int count = 0;
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        int y = pixel / SIDE - middleY;
        int x = pixel % SIDE - middleX;
        boolean bar = liesOn(direction, y, x) && Math.max(Math.abs(y), Math.abs(x)) <= REACH;
        if (random.nextDouble() < (bar ? BAR_EVENTS : noise)) {
          active[count++] = pixel;
        }
      }
      steps.add(java.util.Arrays.copyOf(active, count));
    }
    return steps;
  }

  private static boolean liesOn(int direction, int y, int x) {
    return switch (direction) {
      case 0 -> y == 0;
      case 1 -> x == 0;
      case 2 -> y == x;
      default -> y == -x;
    };
  }

  /** One layer's potentials and spikes over time, before and after the threshold. */
  private static final class Trace {
    final double[][] potential;
    final boolean[][] fired;

    Trace(int neurons) {
      potential = new double[STEPS][neurons];
      fired = new boolean[STEPS][neurons];
    }

    void step(int step, double[] input) {
      for (int i = 0; i < input.length; i++) {
        double before = step == 0 || fired[step - 1][i] ? 0 : potential[step - 1][i];
        potential[step][i] = before - LEAK * before + input[i];
        fired[step][i] = potential[step][i] > 1;
      }
    }

    /** How a spike would change with the potential. */
    double surrogate(int step, int neuron) {
      double distance = 1 + SLOPE * Math.abs(potential[step][neuron] - 1);
      return 1 / (distance * distance);
    }
  }

  private void train() {
    for (int batch = 1; batch <= BATCHES; batch++) {
      for (int i = 0; i < BATCH; i++) {
        int direction = i % DIRECTIONS;
        learn(events(random, direction, 0.005 + 0.04 * random.nextDouble()), direction);
      }
      first.step(batch);
      second.step(batch);
    }
  }

  private void learn(List<int[]> events, int direction) {
    Trace hidden = new Trace(HIDDEN);
    Trace output = new Trace(DIRECTIONS);
    int[] counts = new int[DIRECTIONS];
    for (int step = 0; step < STEPS; step++) {
      hidden.step(step, sums(first, HIDDEN, events.get(step)));
      output.step(step, sums(second, DIRECTIONS, active(hidden.fired[step])));
      for (int i = 0; i < DIRECTIONS; i++) {
        counts[i] += output.fired[step][i] ? 1 : 0;
      }
    }
    double[] error = error(counts, direction);
    double[] outputLater = new double[DIRECTIONS];
    double[] hiddenLater = new double[HIDDEN];
    for (int step = STEPS - 1; step >= 0; step--) {
      double[] toHidden = new double[HIDDEN];
      for (int i = 0; i < DIRECTIONS; i++) {
        double kept = output.fired[step][i] ? 0 : (1 - LEAK) * outputLater[i];
        outputLater[i] = error[i] * output.surrogate(step, i) + kept;
        for (int j = 0; j < HIDDEN; j++) {
          toHidden[j] += outputLater[i] * second.values[i * HIDDEN + j];
          second.gradient[i * HIDDEN + j] += hidden.fired[step][j] ? outputLater[i] : 0;
        }
      }
      for (int j = 0; j < HIDDEN; j++) {
        double kept = hidden.fired[step][j] ? 0 : (1 - LEAK) * hiddenLater[j];
        hiddenLater[j] = toHidden[j] * hidden.surrogate(step, j) + kept;
        for (int pixel : events.get(step)) {
          first.gradient[j * PIXELS + pixel] += hiddenLater[j];
        }
      }
    }
  }

  private static double[] sums(Weights weights, int neurons, int[] active) {
    double[] sums = new double[neurons];
    for (int i = 0; i < neurons; i++) {
      for (int from : active) {
        sums[i] += weights.values[i * weights.from + from];
      }
    }
    return sums;
  }

  private static int[] active(boolean[] fired) {
    return java.util.stream.IntStream.range(0, fired.length).filter(i -> fired[i]).toArray();
  }

  /** The gradient of the cross entropy by each output's spikes. */
  private static double[] error(int[] counts, int direction) {
    double[] error = new double[DIRECTIONS];
    double sum = 0;
    for (int i = 0; i < DIRECTIONS; i++) {
      error[i] = StrictMath.exp(counts[i] / TEMPERATURE);
      sum += error[i];
    }
    for (int i = 0; i < DIRECTIONS; i++) {
      error[i] = (error[i] / sum - (i == direction ? 1 : 0)) / TEMPERATURE;
    }
    return error;
  }

  /** Trains and writes {@code bars.nir} into a folder. */
  static void write(Path folder) throws IOException {
    BarsTraining training = new BarsTraining();
    training.train();
    new NirFile()
        .node("input", "Input", "shape", new long[] {PIXELS})
        .node("fc1", "Affine", "weight", training.first.asFloats(), "bias", new float[HIDDEN])
        .node("hidden", "LIF", ExampleFiles.neurons(2e-3f, HIDDEN))
        .node("fc2", "Affine", "weight", training.second.asFloats(), "bias", new float[DIRECTIONS])
        .node("output_lif", "LIF", ExampleFiles.neurons(2e-3f, DIRECTIONS))
        .node("output", "Output", "shape", new long[] {DIRECTIONS})
        .chain("input", "fc1", "hidden", "fc2", "output_lif", "output")
        .write(folder.resolve("bars.nir"));
  }
}
