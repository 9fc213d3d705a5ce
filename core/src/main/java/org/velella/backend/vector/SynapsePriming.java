package org.velella.backend.vector;

import java.util.function.IntConsumer;
import org.velella.backend.SpikeFrameKernel;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.ConvOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.StatelessOp;
import org.velella.synapse.Connectivity;

/**
 * Runs kernels on tiny inputs until the JIT has compiled their register tiles; cold, each vector
 * would be an object. Once per JVM and kind of op, for a limited time; what is not compiled then
 * warms up as it runs. Loops take several turns, since what was compiled for one turn would be
 * thrown away at the second.
 */
final class SynapsePriming {
  private static final int CALLS = 800;
  static final long NANOS_PER_KIND = 300_000_000L;
  private static final int ROWS = 8;
  private static final int INPUTS = 70;

  /** When priming ends, whatever is left. */
  private static long deadline;

  private static boolean bits;
  private static boolean linear;
  private static boolean conv;
  private static boolean equalWeight;
  private static boolean pool;
  private static boolean scale;
  private static boolean sums;

  private SynapsePriming() {}

  /** Primes what an op needs, unless that is done, for at most so long. */
  static synchronized void prime(StatelessOp op, long nanos) {
    deadline = System.nanoTime() + nanos;
    if (op instanceof LinearOp && !linear) {
      linear = true;
      primeBits();
      repeat(denseLinear());
      repeat(eventLinear());
    } else if (op instanceof ConvOp && !conv) {
      conv = true;
      primeBits();
      repeat(denseConv());
      repeat(eventConv());
    } else if (op instanceof EqualWeightOp && !equalWeight) {
      equalWeight = true;
      primeBits();
      repeat(equalWeight());
    } else if (op instanceof PoolOp && !pool) {
      pool = true;
      repeat(pool(Mode.SUM));
      repeat(pool(Mode.AVERAGE));
      repeat(pool(Mode.MAXIMUM));
    } else if (op instanceof ScaleOp && !scale) {
      scale = true;
      repeat(scale());
    }
  }

  /** What tells active inputs, which all of them begin with. */
  private static void primeBits() {
    if (!bits) {
      bits = true;
      repeat(bits());
    }
  }

  /** Primes sums of edges, unless that is done, for at most so long. */
  static synchronized void primeSums(long nanos) {
    deadline = System.nanoTime() + nanos;
    if (!sums) {
      sums = true;
      VectorSums some = new VectorSums();
      float[] x = numbers(5 * Lanes.COUNT, 1, 0.5f);
      float[] out = new float[x.length];
      repeat(
          call -> {
            some.two(x, 0, x, 1, out, 0, x.length - 1);
            some.three(x, 1, x, 0, out, 0, out, 0, x.length - 1);
          });
    }
  }

  /** Primes everything. */
  static void primeAll() {
    prime(new LinearOp("", 0, 1, 1, 1, 1, new float[1], null), NANOS_PER_KIND);
    prime(convOp(2 * Lanes.COUNT + 8), NANOS_PER_KIND);
    prime(equalWeightOp(), NANOS_PER_KIND);
    prime(poolOp(Mode.SUM), NANOS_PER_KIND);
    prime(new ScaleOp("", 0, 1, 1, 1, new float[1], null), NANOS_PER_KIND);
    primeSums(NANOS_PER_KIND);
  }

  private static void repeat(IntConsumer body) {
    long end = Math.min(deadline, System.nanoTime() + NANOS_PER_KIND / 3);
    PrimingBudget.repeat(System::nanoTime, end, CALLS, body);
  }

  /** Numbers of which one in {@code every} is not zero. */
  private static float[] numbers(int length, int every, float value) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      int hash = i * 0x9E3779B9;
      x[i] = Integer.remainderUnsigned(hash ^ hash >>> 15, every) == 0 ? value : 0.0f;
    }
    return x;
  }

  private static long[] bitsOf(float[] x) {
    long[] words = new long[SpikeFrameKernel.words(x.length)];
    SpikeBits.ofActive(x, 0, x.length, words, 0);
    return words;
  }

  private static IntConsumer bits() {
    float[] x = numbers(200, 5, 1.0f);
    long[] words = new long[4];
    float[] back = new float[200];
    return call -> {
      SpikeBits.ofActive(x, 0, x.length, words, 0);
      SpikeBits.expand(words, 0, x.length, back, 0);
    };
  }

  private static IntConsumer denseLinear() {
    int rows = DenseTiles.ROWS_OF_ALL_TILES;
    int inputs = 9;
    int outputs = 5 * Lanes.COUNT;
    float[] bias = new float[DenseLinear.paddedOutputs(outputs)];
    DenseLinear kernel = new DenseLinear(inputs, outputs, new float[inputs * outputs], bias);
    float[] x = numbers(rows * inputs, 1, 1.5f);
    float[] out = new float[rows * outputs];
    return call -> kernel.run(rows, x, 0, out, 0);
  }

  /** Tiles of all widths. */
  private static IntConsumer eventLinear() {
    int outputs = 15 * Lanes.COUNT;
    EventLinear kernel =
        new EventLinear(INPUTS, outputs, new float[INPUTS * outputs], new float[outputs]);
    float[] x = numbers(INPUTS, 20, 1.0f);
    long[] words = bitsOf(x);
    float[] out = new float[ROWS * outputs];
    return call -> {
      for (int row = 0; row < ROWS / 2; row++) {
        kernel.addSpikes(words, 0, 0);
      }
      kernel.flush(out, 0);
      for (int row = 0; row < ROWS / 2; row++) {
        kernel.addGraded(words, 0, x, 0);
      }
      kernel.flush(out, 0);
    };
  }

  private static ConvOp convOp(int out) {
    int width = Lanes.COUNT + 2;
    return new ConvOp(
        "",
        0,
        1,
        2,
        4,
        width,
        out,
        2,
        Lanes.COUNT,
        3,
        3,
        1,
        1,
        0,
        0,
        1,
        1,
        1,
        new float[out * 18],
        null);
  }

  private static IntConsumer denseConv() {
    ConvOp op = convOp(5 * DenseTiles.ROWS_OF_ALL_TILES);
    DenseConv kernel = new DenseConv(op);
    float[] x = numbers(2 * 4 * op.inW(), 1, 1.5f);
    float[] out = new float[op.outChannels() * 2 * op.outW()];
    return call -> kernel.run(x, 0, out, 0);
  }

  private static IntConsumer eventConv() {
    ConvOp op = convOp(2 * Lanes.COUNT + 8);
    EventConv kernel = new EventConv(op);
    float[] x = numbers(2 * 4 * op.inW(), 6, 1.0f);
    float[] few = numbers(x.length, x.length / 2, 1.0f);
    long[] words = bitsOf(x);
    long[] fewWords = bitsOf(few);
    float[] out = new float[op.outChannels() * 2 * op.outW()];
    return call -> {
      kernel.spikes(words, 0, out, 0);
      kernel.spikes(fewWords, 0, out, 0);
      kernel.graded(words, 0, x, 0, out, 0);
    };
  }

  /** All pairs connected: two tiles of targets, more rows than the planes hold. */
  private static EqualWeightOp equalWeightOp() {
    int sources = 260;
    int targets = 2 * TargetBitmaps.TILE;
    int[] offsets = new int[sources + 1];
    int[] columns = new int[sources * targets];
    for (int e = 0; e < columns.length; e++) {
      columns[e] = e % targets;
      offsets[e / targets + 1] = e + 1;
    }
    return new EqualWeightOp("", 0, 1, new Connectivity(targets, offsets, columns), 0.5f);
  }

  private static IntConsumer equalWeight() {
    EqualWeightOp op = equalWeightOp();
    VectorEqualWeight kernel = new VectorEqualWeight(op);
    int sources = op.connectivity().sources();
    long[] all = bitsOf(numbers(sources, 1, 1.0f));
    long[] some = bitsOf(numbers(sources, 3, 1.0f));
    float[] out = new float[op.connectivity().targets()];
    return call -> {
      kernel.runSpikes(1, all, 0, out, 0);
      kernel.runSpikes(1, some, 0, out, 0);
    };
  }

  private static PoolOp poolOp(Mode mode) {
    return new PoolOp("", 0, 1, mode, Divisor.WINDOW, 2, 4, 70, 2, 35, 2, 2, 2, 2, 0, 0);
  }

  private static IntConsumer pool(Mode mode) {
    VectorPool kernel = new VectorPool(poolOp(mode));
    float[] graded = numbers(560, 3, 0.5f);
    float[] spikes = numbers(560, 10, 1.0f);
    float[] out = new float[140];
    return call -> {
      kernel.run(1, graded, 0, out, 0);
      kernel.run(1, spikes, 0, out, 0);
    };
  }

  private static IntConsumer scale() {
    int size = 5 * Lanes.COUNT;
    float[] factors = numbers(size, 1, 0.5f);
    VectorScale both = new VectorScale(new ScaleOp("", 0, 1, size, 1, factors, factors));
    VectorScale product = new VectorScale(new ScaleOp("", 0, 1, size, 1, factors, null));
    float[] x = numbers(size, 1, 0.5f);
    float[] out = new float[size];
    return call -> {
      both.run(1, x, 0, out, 0);
      product.run(1, x, 0, out, 0);
    };
  }
}
