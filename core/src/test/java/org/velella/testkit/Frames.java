package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.velella.backend.FrameKernel;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Inputs of every sort for a kernel, and the comparison of what it gives, bit by bit. */
public final class Frames {
  /** What the values of a frame are like. */
  public enum Sort {
    ZEROS,
    SPIKES,
    DENSE,
    /** Dense with NaN, infinities, subnormals, huge values and both zeros among them. */
    WILD
  }

  private static final float[] WILD = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -1e-40f,
    3e38f,
    -3e38f,
    0.0f,
    -0.0f,
    1e-25f
  };

  private static final int MARGIN = 2;
  private static final float UNTOUCHED = -77.0f;

  private Frames() {}

  public static float[] random(SplittableRandom random, Sort sort, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          switch (sort) {
            case ZEROS -> random.nextBoolean() ? 0.0f : -0.0f;
            case SPIKES -> random.nextInt(8) == 0 ? 1.0f : 0.0f;
            case DENSE -> (float) random.nextDouble(-2, 2);
            case WILD ->
                random.nextInt(12) == 0
                    ? WILD[random.nextInt(WILD.length)]
                    : (float) random.nextDouble(-2, 2);
          };
    }
    return values;
  }

  /** Finite weights with zeros, subnormals and large values among them. */
  public static float[] weights(SplittableRandom random, int length) {
    float[] weights = random(random, Sort.WILD, length);
    for (int i = 0; i < length; i++) {
      weights[i] = Float.isFinite(weights[i]) ? weights[i] : -0.0f;
    }
    return weights;
  }

  /**
   * Runs a kernel on all frames at once and one by one, both with a margin around input and output,
   * and checks every bit of both results and that nothing else is written.
   */
  public static void assertGives(float[] expected, FrameKernel kernel, int frames, float[] input) {
    int inSize = input.length / frames;
    int outSize = expected.length / frames;
    float[] in = new float[input.length + 5];
    System.arraycopy(input, 0, in, 3, input.length);
    float[] together = filled(expected.length + 2 * MARGIN);
    kernel.run(frames, in, 3, together, MARGIN);
    assertMiddle(frames, expected, together);
    float[] apart = filled(expected.length + 2 * MARGIN);
    for (int frame = 0; frame < frames; frame++) {
      kernel.run(1, in, 3 + frame * inSize, apart, MARGIN + frame * outSize);
    }
    assertMiddle(frames, expected, apart);
  }

  private static float[] filled(int length) {
    float[] values = new float[length];
    Arrays.fill(values, UNTOUCHED);
    return values;
  }

  private static void assertMiddle(int frames, float[] expected, float[] found) {
    int end = MARGIN + expected.length;
    Shape shape = Shape.of(1, frames, expected.length / frames);
    SpikeAssert.assertSpikesEqual(
        "kernel",
        Tensor.of(shape, expected),
        Tensor.of(shape, Arrays.copyOfRange(found, MARGIN, end)));
    assertThat(Arrays.copyOfRange(found, 0, MARGIN)).containsOnly(UNTOUCHED);
    assertThat(Arrays.copyOfRange(found, end, found.length)).containsOnly(UNTOUCHED);
  }
}
