package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;

import java.util.Arrays;
import org.velella.backend.SpikeFrameKernel;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.PoolOp;

/**
 * Pooling. Frames of spikes, as bits or as numbers, cost what their active inputs cost: each counts
 * in the windows that hold it, and whole numbers add up exactly in any order. Other frames take a
 * vector of windows at a time.
 */
final class VectorPool implements SpikeFrameKernel, CountedKernel {
  /** What parts of the work take, in vector operations. */
  private static final double PER_PIXEL = 2;

  private static final double PER_TILE = 24;
  private static final double PER_WINDOW_PLACE = 3;
  private static final double PER_WORD = 16;
  private static final double PER_SPIKE = 8;
  private static final double PER_PAIR = 6;

  private final PoolOp op;
  private final int inSize;
  private final int pixels;
  private final int positions;
  private final int words;
  private final long[] active;

  /** Pixel i lies in windows {@code windows[first[i]] ... windows[first[i + 1] - 1]}. */
  private final int[] first;

  private final int[] windows;

  /** What each window's sum is divided by, with a vector to spare; null but for averages. */
  private final float[] divisors;

  private final PaddedImage image;
  private final int[] offsets;
  private final float[] edge = new float[COUNT];
  private double operations;

  VectorPool(PoolOp op) {
    this.op = op;
    pixels = op.inH() * op.inW();
    positions = op.outH() * op.outW();
    inSize = op.channels() * pixels;
    words = SpikeFrameKernel.words(inSize);
    active = new long[words];
    Windowing windowing = Windowing.of(op);
    Reach rows = windowing.rows();
    Reach columns = windowing.columns();
    first = new int[pixels + 1];
    windows = new int[Math.multiplyExact(rows.pairs(), columns.pairs())];
    list(rows, columns);
    divisors = op.mode() == Mode.AVERAGE ? divisors() : null;
    boolean maximum = op.mode() == Mode.MAXIMUM;
    image = new PaddedImage(windowing, maximum ? Float.NEGATIVE_INFINITY : 0.0f);
    offsets = new int[op.kernelH() * op.kernelW()];
    for (int k = 0; k < offsets.length; k++) {
      offsets[k] = image.place(k / op.kernelW(), k % op.kernelW());
    }
  }

  private void list(Reach rows, Reach columns) {
    int count = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      int y = pixel / op.inW();
      int x = pixel % op.inW();
      for (int r = rows.first[y]; r < rows.first[y + 1]; r++) {
        for (int c = columns.first[x]; c < columns.first[x + 1]; c++) {
          windows[count++] = rows.output[r] * op.outW() + columns.output[c];
        }
      }
      first[pixel + 1] = count;
    }
  }

  private float[] divisors() {
    float[] to = new float[positions + COUNT];
    Arrays.fill(to, op.divisor() == Divisor.WINDOW ? op.kernelH() * op.kernelW() : 0.0f);
    if (op.divisor() == Divisor.VALID) {
      for (int window : windows) {
        to[window]++;
      }
    }
    return to;
  }

  @Override
  public void run(int frames, float[] in, int inOffset, float[] out, int outOffset) {
    operations = 0;
    for (int frame = 0; frame < frames; frame++) {
      int from = inOffset + frame * inSize;
      int to = outOffset + frame * op.channels() * positions;
      if (SpikeBits.ofActive(in, from, inSize, active, 0)) {
        operations += gradedWork();
        image.load(in, from);
        graded(out, to);
      } else {
        spikes(active, 0, out, to);
      }
    }
  }

  @Override
  public void runSpikes(int frames, long[] spikes, int wordOffset, float[] out, int outOffset) {
    operations = 0;
    for (int frame = 0; frame < frames; frame++) {
      int to = outOffset + frame * op.channels() * positions;
      spikes(spikes, wordOffset + frame * words, out, to);
    }
  }

  @Override
  public double operations() {
    return operations;
  }

  private double gradedWork() {
    double tiles = (double) op.channels() * op.outH() * Lanes.vectors(op.outW());
    return PER_PIXEL * inSize + tiles * (PER_TILE + PER_WINDOW_PLACE * offsets.length);
  }

  private double spikesWork(long[] bits, int wordOffset) {
    double found = SpikeBits.count(bits, wordOffset, words);
    double perSpike = PER_SPIKE + PER_PAIR * windows.length / (double) pixels;
    return PER_WORD * words + found * perSpike + (double) op.channels() * positions;
  }

  private void spikes(long[] bits, int wordOffset, float[] out, int outOffset) {
    operations += spikesWork(bits, wordOffset);
    Arrays.fill(out, outOffset, outOffset + op.channels() * positions, 0.0f);
    boolean maximum = op.mode() == Mode.MAXIMUM;
    for (int c = 0; c < op.channels(); c++) {
      int start = c * pixels;
      int to = outOffset + c * positions;
      int end = start + pixels;
      for (int word = start >> 6; word << 6 < end; word++) {
        long left = SpikeBits.within(bits[wordOffset + word], word << 6, start, end);
        while (left != 0) {
          int pixel = (word << 6) + Long.numberOfTrailingZeros(left) - start;
          left &= left - 1;
          if (maximum) {
            raise(pixel, out, to);
          } else {
            count(pixel, out, to);
          }
        }
      }
      if (divisors != null) {
        PoolTiles.divide(out, to, divisors, positions);
      }
    }
  }

  private void raise(int pixel, float[] out, int to) {
    for (int i = first[pixel]; i < first[pixel + 1]; i++) {
      out[to + windows[i]] = 1.0f;
    }
  }

  private void count(int pixel, float[] out, int to) {
    for (int i = first[pixel]; i < first[pixel + 1]; i++) {
      out[to + windows[i]] += 1.0f;
    }
  }

  /** Rows ascending: what spills over the end of a row is written again, but at the frame's end. */
  private void graded(float[] out, int outOffset) {
    int end = outOffset + op.channels() * positions;
    int to = outOffset;
    for (int c = 0; c < op.channels(); c++) {
      for (int y = 0; y < op.outH(); y++, to += op.outW()) {
        for (int x = 0; x < op.outW(); x += COUNT) {
          int at = c * image.plane + y * image.pitch + x;
          if (to + x + COUNT <= end) {
            tile(at, y * op.outW() + x, out, to + x);
          } else {
            tile(at, y * op.outW() + x, edge, 0);
            System.arraycopy(edge, 0, out, to + x, Math.min(COUNT, op.outW() - x));
          }
        }
      }
    }
  }

  private void tile(int at, int window, float[] out, int to) {
    switch (op.mode()) {
      case SUM -> PoolTiles.sum(image.data, at, offsets, out, to);
      case AVERAGE -> PoolTiles.average(image.data, at, offsets, divisors, window, out, to);
      case MAXIMUM -> PoolTiles.maximum(image.data, at, offsets, out, to);
    }
  }
}
