package org.velella.backend.vector;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.velella.backend.FrameKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.ConvOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.SparseOp;
import org.velella.plan.StatelessOp;
import org.velella.testkit.Frames;

/** Compares a vector kernel with the scalar one, from numbers and from bits. */
final class KernelTwins {
  private KernelTwins() {}

  /** Checks every bit of what the vector kernel of an op gives for an input of some frames. */
  static void assertSame(StatelessOp op, int frames, float[] x) {
    int size = x.length / frames;
    float[] expected = scalar(op, frames, x);
    FrameKernel kernel = VectorSynapses.kernel(op);
    Frames.assertGives(expected, kernel, frames, x);
    if (kernel instanceof SpikeFrameKernel bits && isSpikes(x)) {
      Frames.assertGives(expected, new ThroughBits(bits, size), frames, x);
    }
  }

  private static float[] scalar(StatelessOp op, int frames, float[] x) {
    float[] out = new float[frames * outputs(op)];
    new ScalarKernels().stateless(op).run(frames, x, 0, out, 0);
    return out;
  }

  private static int outputs(StatelessOp op) {
    if (op instanceof LinearOp linear) {
      return linear.rows() * linear.outputs();
    }
    if (op instanceof ConvOp conv) {
      return conv.outChannels() * conv.outH() * conv.outW();
    }
    if (op instanceof SparseOp sparse) {
      return sparse.connectivity().targets();
    }
    if (op instanceof EqualWeightOp equal) {
      return equal.connectivity().targets();
    }
    return op instanceof PoolOp pool
        ? pool.channels() * pool.outH() * pool.outW()
        : ((ScaleOp) op).size();
  }

  private static boolean isSpikes(float[] x) {
    for (float value : x) {
      if (Float.floatToRawIntBits(value) != 0 && value != 1) {
        return false;
      }
    }
    return true;
  }

  /** Spikes of a density. */
  static float[] spikes(SplittableRandom random, double density, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = random.nextDouble() < density ? 1.0f : 0.0f;
    }
    return x;
  }

  /** Numbers of which all but a density are zero. */
  static float[] graded(SplittableRandom random, double density, int length) {
    float[] x = spikes(random, density, length);
    for (int i = 0; i < length; i++) {
      x[i] *= (float) random.nextDouble(-3, 3);
    }
    return x;
  }

  /** Packs the numbers that it gets, behind words of ones that it must not read. */
  record ThroughBits(SpikeFrameKernel kernel, int size) implements FrameKernel {
    @Override
    public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
      int perFrame = SpikeFrameKernel.words(size);
      long[] words = new long[frames * perFrame + 3];
      Arrays.fill(words, -1L);
      Arrays.fill(words, 2, words.length - 1, 0L);
      for (int i = 0; i < frames * size; i++) {
        int frame = i / size;
        int element = i - frame * size;
        if (in[inOffset + i] != 0) {
          words[2 + frame * perFrame + (element >> 6)] |= 1L << element;
        }
      }
      kernel.runSpikes(frames, words, 2, out, outOffset);
    }
  }
}
