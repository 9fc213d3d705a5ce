package org.velella.spark.bench;

import java.util.Locale;
import java.util.Map;
import org.velella.backend.FrameKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.backend.vector.VectorSynapses;
import org.velella.plan.ConvOp;
import org.velella.plan.LinearOp;
import org.velella.plan.StatelessOp;

/** The synapse kernels at the sizes that the reference measures. */
final class LinearKernels {
  private static final int INPUT_SEED = 51;
  private static final int WEIGHT_SEED = 52;

  private LinearKernels() {}

  static LinearOp linear(int inputs, int outputs) {
    float bound = (float) (1 / Math.sqrt(inputs));
    float[] weight = Hash.floats(inputs * outputs, WEIGHT_SEED, 2 * bound, -bound);
    return new LinearOp("fc", 0, 1, 1, inputs, outputs, weight, null);
  }

  /** 3 x 3, padding 1, 16 x 16 images. */
  static ConvOp conv(int in, int out) {
    float bound = (float) Math.sqrt(6.0 / (9 * in));
    float[] weight = Hash.floats(9 * in * out, WEIGHT_SEED, 2 * bound, -bound);
    return new ConvOp(
        "conv", 0, 1, in, 16, 16, out, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, weight, null);
  }

  /** Numbers in (-1, 1), none of them zero. */
  static float[] dense(int length) {
    return Hash.floats(length, INPUT_SEED, 2, -1 + 0x1p-25f);
  }

  /** Spikes at a density, as 0 and 1. */
  static float[] spikes(int length, double density) {
    float[] values = Hash.floats(length, INPUT_SEED, 1, 0);
    for (int i = 0; i < length; i++) {
      values[i] = values[i] < density ? 1 : 0;
    }
    return values;
  }

  /**
   * How many frames one run takes.
   *
   * @param window how many at once, always to the same place: the engine hands over as many as the
   *     second-level cache has room for; a divisor of {@code count}
   */
  record Frames(int count, int window) {
    static Frames atOnce(int count) {
      return new Frames(count, count);
    }

    Map<String, String> params() {
      return window == count ? Map.of() : Map.of("window", "" + window);
    }
  }

  /** An op on numbers. */
  static Kernel onFloats(StatelessOp op, Frames frames, float[] input, int outputs, double flops) {
    FrameKernel kernel = VectorSynapses.kernel(op);
    int size = input.length / frames.count();
    float[] out = new float[frames.window() * outputs];
    return new Kernel(
        frames.params(),
        () -> {
          for (int frame = 0; frame < frames.count(); frame += frames.window()) {
            kernel.run(frames.window(), input, frame * size, out, 0);
          }
        },
        Map.of("flops", flops),
        () -> check(op, frames, input, outputs, out));
  }

  /** An op on spikes as bits. */
  static Kernel onSpikes(StatelessOp op, Frames frames, float[] input, int outputs, double flops) {
    SpikeFrameKernel kernel = (SpikeFrameKernel) VectorSynapses.kernel(op);
    int size = input.length / frames.count();
    int words = SpikeFrameKernel.words(size);
    long[] bits = packed(input, frames.count(), size);
    float[] out = new float[frames.window() * outputs];
    return new Kernel(
        frames.params(),
        () -> {
          for (int frame = 0; frame < frames.count(); frame += frames.window()) {
            kernel.runSpikes(frames.window(), bits, frame * words, out, 0);
          }
        },
        Map.of("flops", flops),
        () -> check(op, frames, input, outputs, out));
  }

  private static long[] packed(float[] spikes, int frames, int size) {
    int words = SpikeFrameKernel.words(size);
    long[] bits = new long[frames * words];
    for (int i = 0; i < spikes.length; i++) {
      if (spikes[i] != 0) {
        int element = i % size;
        bits[i / size * words + element / Long.SIZE] |= 1L << element;
      }
    }
    return bits;
  }

  /** Compares a few frames of the last window with the definition, bit for bit. */
  private static String check(
      StatelessOp op, Frames frames, float[] input, int outputs, float[] out) {
    FrameKernel scalar = new ScalarKernels().stateless(op);
    int size = input.length / frames.count();
    int first = frames.count() - frames.window();
    int[] some = {0, frames.window() / 2, frames.window() - 1};
    double sum = 0;
    for (int frame : some) {
      float[] expected = new float[outputs];
      scalar.run(1, input, (first + frame) * size, expected, 0);
      for (int o = 0; o < outputs; o++) {
        float found = out[frame * outputs + o];
        if (Float.floatToIntBits(found) != Float.floatToIntBits(expected[o])) {
          throw new WrongAnswerException(
              "%s, frame %d, output %d: expected %s, found %s"
                  .formatted(op.node(), frame, o, expected[o], found));
        }
        sum += found;
      }
    }
    return String.format(Locale.ROOT, "%.4f", sum);
  }
}
