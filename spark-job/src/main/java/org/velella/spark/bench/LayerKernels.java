package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.velella.backend.FrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.StatelessOp;

/**
 * Layers without products: pooling of two by two, and the scale and shift that a batch
 * normalisation is; 32 channels of 28 by 28.
 */
final class LayerKernels {
  private static final int CHANNELS = 32;
  private static final int SIDE = 28;
  private static final int FRAMES = 16;
  private static final int FACTOR_SEED = 55;

  private LayerKernels() {}

  static PoolOp pool(Mode mode) {
    int out = SIDE / 2;
    return new PoolOp(
        "pool", 0, 1, mode, Divisor.WINDOW, CHANNELS, SIDE, SIDE, out, out, 2, 2, 2, 2, 0, 0);
  }

  static ScaleOp scale() {
    return new ScaleOp(
        "scale",
        0,
        1,
        CHANNELS * SIDE * SIDE,
        SIDE * SIDE,
        Hash.floats(CHANNELS, FACTOR_SEED, 1, 0.5f),
        Hash.floats(CHANNELS, FACTOR_SEED + 1, 2, -1));
  }

  /** On numbers, beside the scalar backend and a copy of what is read. */
  static Timed onFloats(StatelessOp op, int runs) {
    float[] input = LinearKernels.dense(FRAMES * CHANNELS * SIDE * SIDE);
    LinearKernels.Frames frames = LinearKernels.Frames.atOnce(FRAMES);
    Kernel kernel = LinearKernels.onFloats(op, frames, input, outputs(op), 0);
    float[] to = new float[input.length];
    return timed(op, kernel, input, () -> System.arraycopy(input, 0, to, 0, to.length), runs);
  }

  /** On spikes as bits, beside the scalar backend. */
  static Timed onSpikes(StatelessOp op, double density, int runs) {
    float[] input = LinearKernels.spikes(FRAMES * CHANNELS * SIDE * SIDE, density);
    LinearKernels.Frames frames = LinearKernels.Frames.atOnce(FRAMES);
    Kernel kernel = LinearKernels.onSpikes(op, frames, input, outputs(op), 0);
    return timed(op, kernel, input, null, runs);
  }

  private static int outputs(StatelessOp op) {
    return op instanceof PoolOp pool
        ? pool.channels() * pool.outH() * pool.outW()
        : ((ScaleOp) op).size();
  }

  private static Timed timed(
      StatelessOp op, Kernel kernel, float[] input, Runnable copying, int runs) {
    FrameKernel scalar = new ScalarKernels().stateless(op);
    float[] out = new float[FRAMES * outputs(op)];
    List<Runnable> all = new ArrayList<>();
    all.add(kernel.run());
    all.add(() -> scalar.run(FRAMES, input, 0, out, 0));
    if (copying != null) {
      all.add(copying);
    }
    Stopwatch.Taken taken = Stopwatch.taken(all, runs);
    double[][] wall = taken.wall();
    double[][] processor = taken.processor();
    Map<String, Double> ratios = new TreeMap<>();
    ratios.put("of_scalar", Ratios.median(wall[1]) / Ratios.median(wall[0]));
    ratios.put("of_scalar_cpu", Ratios.median(processor[1]) / Ratios.median(processor[0]));
    if (copying != null) {
      ratios.put("of_copy", Ratios.median(wall[2]) / Ratios.median(wall[0]));
    }
    Map<String, Double> items = Map.of("items", (double) input.length);
    return new Timed(
        new Kernel(kernel.params(), kernel.run(), items, kernel.check()), wall[0], ratios);
  }
}
