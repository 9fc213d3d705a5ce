package org.velella.spark.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Makes the shipped example: an event camera of 12 by 12 pixels looks at a bright bar, and a small
 * network says which way the bar lies: 0 horizontal, 1 vertical, 2 falling, 3 rising.
 *
 * <p>The network is built by hand: a convolution with one line detector per orientation, LIF
 * neurons, sum pooling, and a readout that counts each detector's spikes against the others'. The
 * weights carry a little noise, as trained ones would. Sample {@code s} shows orientation {@code s
 * mod 4} at a random place, with random gaps and background events.
 */
final class ExampleFiles {
  static final int SIDE = 12;
  static final int SAMPLES = 16;
  static final int STEPS = 200;
  static final int ORIENTATIONS = 4;
  private static final int KERNEL = 5;
  private static final int POOLED = SIDE / 3;
  private static final double BAR_EVENTS = 0.05;
  private static final double BACKGROUND_EVENTS = 0.012;

  private ExampleFiles() {}

  /** Writes {@code orientations.nir} and {@code events.npy} into a folder. */
  static void write(Path folder) throws IOException {
    SplittableRandom random = new SplittableRandom(2024);
    network(random).write(folder.resolve("orientations.nir"));
    Files.write(folder.resolve("events.npy"), Npy.toBytes(events(random)));
  }

  private static NirFile network(SplittableRandom random) {
    return new NirFile()
        .node("input", "Input", "shape", new long[] {1, SIDE, SIDE})
        .node(
            "conv",
            "Conv2d",
            "weight",
            detectors(random),
            "bias",
            new float[ORIENTATIONS],
            "stride",
            new long[] {1, 1},
            "padding",
            new long[] {2, 2},
            "dilation",
            new long[] {1, 1},
            "groups",
            1L,
            "input_shape",
            new long[] {SIDE, SIDE})
        .node("lif1", "LIF", neurons(2e-3f, ORIENTATIONS, SIDE, SIDE))
        .node(
            "pool",
            "SumPool2d",
            "kernel_size",
            new long[] {3, 3},
            "stride",
            new long[] {3, 3},
            "padding",
            new long[] {0, 0})
        .node(
            "flatten",
            "Flatten",
            "start_dim",
            0L,
            "end_dim",
            -1L,
            "input_type",
            new long[] {ORIENTATIONS, POOLED, POOLED})
        .node("fc", "Affine", "weight", readout(random), "bias", new float[ORIENTATIONS])
        .node("lif2", "LIF", neurons(4e-3f, ORIENTATIONS))
        .node("output", "Output", "shape", new long[] {ORIENTATIONS})
        .chain("input", "conv", "lif1", "pool", "flatten", "fc", "lif2", "output");
  }

  /** LIF datasets of one value per neuron; R = tau / dt, so that a weight is a step of v. */
  static Object[] neurons(float tau, int... shape) {
    return new Object[] {
      "tau", filled(tau, shape),
      "r", filled(tau * 1e4f, shape),
      "v_leak", filled(0, shape),
      "v_threshold", filled(1, shape),
      "v_reset", filled(0, shape)
    };
  }

  private static Object filled(float value, int... shape) {
    Object array = java.lang.reflect.Array.newInstance(float.class, shape);
    fill(array, value);
    return array;
  }

  private static void fill(Object array, float value) {
    if (array instanceof float[] floats) {
      java.util.Arrays.fill(floats, value);
    } else {
      for (Object part : (Object[]) array) {
        fill(part, value);
      }
    }
  }

  /** Whether a place, counted from the middle of a line, lies on a line of this orientation. */
  private static boolean isOn(int orientation, int y, int x) {
    return switch (orientation) {
      case 0 -> y == 0;
      case 1 -> x == 0;
      case 2 -> y == x;
      default -> y == -x;
    };
  }

  private static float[][][][] detectors(SplittableRandom random) {
    float[][][][] weight = new float[ORIENTATIONS][1][KERNEL][KERNEL];
    for (int orientation = 0; orientation < ORIENTATIONS; orientation++) {
      for (int y = 0; y < KERNEL; y++) {
        for (int x = 0; x < KERNEL; x++) {
          double mean = isOn(orientation, y - 2, x - 2) ? 0.4 : -0.1;
          weight[orientation][0][y][x] = (float) (mean * (0.9 + 0.2 * random.nextDouble()));
        }
      }
    }
    return weight;
  }

  private static float[][] readout(SplittableRandom random) {
    int places = POOLED * POOLED;
    float[][] weight = new float[ORIENTATIONS][ORIENTATIONS * places];
    for (int to = 0; to < ORIENTATIONS; to++) {
      for (int from = 0; from < ORIENTATIONS * places; from++) {
        double mean = from / places == to ? 0.25 : -0.08;
        weight[to][from] = (float) (mean * (0.9 + 0.2 * random.nextDouble()));
      }
    }
    return weight;
  }

  /** Rows of sample, step, flat pixel index, sorted. */
  private static Tensor events(SplittableRandom random) {
    List<int[]> events = new ArrayList<>();
    for (int sample = 0; sample < SAMPLES; sample++) {
      int middleY = 4 + random.nextInt(4);
      int middleX = 4 + random.nextInt(4);
      for (int step = 0; step < STEPS; step++) {
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
          int y = pixel / SIDE - middleY;
          int x = pixel % SIDE - middleX;
          boolean bar = isOn(sample % ORIENTATIONS, y, x);
          if (random.nextDouble() < (bar ? BAR_EVENTS : BACKGROUND_EVENTS)) {
            events.add(new int[] {sample, step, pixel});
          }
        }
      }
    }
    int[] flat = new int[events.size() * 3];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = events.get(i / 3)[i % 3];
    }
    return Tensor.of(Shape.of(events.size(), 3), flat);
  }
}
