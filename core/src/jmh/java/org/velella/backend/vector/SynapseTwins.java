package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.backend.FrameKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.StatelessOp;

/** One op by the vector and the scalar kernel, on dense input and on spikes of some density. */
final class SynapseTwins {
  final float[] dense;
  final float[] spikes;
  final long[] bits;
  final float[] out;
  final SpikeFrameKernel vector;
  final FrameKernel scalar;
  private final int frames;

  /** Checks that both kernels give the same bits from every form of input. */
  SynapseTwins(StatelessOp op, int frames, int inSize, int outSize, double density) {
    this.frames = frames;
    dense = numbers(frames * inSize, 2);
    spikes = new float[dense.length];
    int words = SpikeFrameKernel.words(inSize);
    bits = new long[frames * words];
    for (int i = 0; i < spikes.length; i++) {
      if (uniform(i, 3) < density) {
        spikes[i] = 1;
        int element = i % inSize;
        bits[i / inSize * words + (element >> 6)] |= 1L << element;
      }
    }
    out = new float[frames * outSize];
    vector = (SpikeFrameKernel) VectorSynapses.kernel(op);
    scalar = new ScalarKernels().stateless(op);
    float[] expected = run(scalar, dense).clone();
    Arrays.fill(out, Float.NaN);
    require("dense", expected, run(vector, dense));
    expected = run(scalar, spikes).clone();
    Arrays.fill(out, Float.NaN);
    require("spikes", expected, run(vector, spikes));
    Arrays.fill(out, Float.NaN);
    require("bits", expected, runBits());
  }

  float[] run(FrameKernel kernel, float[] in) {
    kernel.run(frames, in, 0, out, 0);
    return out;
  }

  float[] runBits() {
    vector.runSpikes(frames, bits, 0, out, 0);
    return out;
  }

  private static void require(String what, float[] expected, float[] found) {
    if (!Arrays.equals(expected, found)) {
      throw new IllegalStateException("The vector kernel differs from the scalar one: " + what);
    }
  }

  /** Uniform in [-1, 1). */
  static float[] numbers(int length, int seed) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = 2 * uniform(i, seed) - 1;
    }
    return x;
  }

  /** Uniform over the index and a seed alone, in [0, 1). */
  static float uniform(int i, int seed) {
    int h = i * 0x9E3779B9 + seed;
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    h ^= h >>> 16;
    return (h >>> 8) * 0x1p-24f;
  }
}
