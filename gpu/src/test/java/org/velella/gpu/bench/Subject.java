package org.velella.gpu.bench;

import java.util.Arrays;
import java.util.Set;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.ChunkUse;
import org.velella.backend.DeviceBackend;
import org.velella.backend.DeviceUse;
import org.velella.backend.Program;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.TileRun;
import org.velella.network.Network;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;

/** A tile that is run again and again from its beginning. */
final class Subject implements AutoCloseable {
  private final Backend backend;
  private final Plan plan;
  private final Program program;
  private final Chunk chunk;

  /** What the device and the caller's clock say of one run. */
  record Times(double kernelSeconds, double wallSeconds) {}

  private Subject(Backend backend, Network network, int batch, int steps, Input kind) {
    this.backend = backend;
    plan = Lowering.lower(network, PlanOptions.ofBatch(batch));
    program = backend.compile(plan);
    int input = plan.inputs().get(0);
    boolean held = kind == Input.THE_SAME && program.holds(input);
    ChunkUse use = new ChunkUse(held ? Set.of(input) : Set.of(), Set.of());
    chunk = Chunk.packed(plan, steps, program, use);
    chunk.steps(steps);
  }

  private enum Input {
    OF_ITS_OWN,
    THE_SAME
  }

  /** A tile whose input is its own at every step. */
  static Subject stepped(Backend backend, Network network, int batch, int steps) {
    return new Subject(backend, network, batch, steps, Input.OF_ITS_OWN);
  }

  /** A tile whose input is the same at every step; one step of it may stand for all. */
  static Subject held(Backend backend, Network network, int batch, int steps) {
    return new Subject(backend, network, batch, steps, Input.THE_SAME);
  }

  /** Where the input goes, {@code [T, N, *]}, or {@code [N, *]} if one step stands for all. */
  float[] input() {
    return chunk.value(plan.inputs().get(0));
  }

  /** Runs all steps from fresh memories. */
  Times run() {
    try (TileRun run = program.open(TileParameters.NONE)) {
      DeviceUse before = use();
      long begun = System.nanoTime();
      run.run(chunk);
      double wall = (System.nanoTime() - begun) * 1e-9;
      return new Times(use().minus(before).kernelNanos() * 1e-9, wall);
    }
  }

  /** The medians of some runs, after two that do not count. */
  Times median(int runs) {
    double[] kernel = new double[runs];
    double[] wall = new double[runs];
    for (int i = -2; i < runs; i++) {
      Times times = run();
      if (i >= 0) {
        kernel[i] = times.kernelSeconds();
        wall[i] = times.wallSeconds();
      }
    }
    Arrays.sort(kernel);
    Arrays.sort(wall);
    return new Times(kernel[runs / 2], wall[runs / 2]);
  }

  private DeviceUse use() {
    return backend instanceof DeviceBackend device ? device.use() : DeviceUse.NONE;
  }

  private int outputId() {
    return plan.outputs().get(0);
  }

  /** Floats of one step and sample of the output. */
  int width() {
    return plan.values().get(outputId()).size();
  }

  /** One number of the output. */
  float output(int step, int sample, int element) {
    int frame = step * plan.batch() + sample;
    long[] bits = chunk.spikes(outputId());
    if (bits == null) {
      return chunk.value(outputId())[frame * width() + element];
    }
    int words = SpikeFrameKernel.words(width());
    return bits[frame * words + element / Long.SIZE] >>> element & 1;
  }

  /** How many spikes the output has. */
  long spikes() {
    long[] bits = chunk.spikes(outputId());
    long sum = 0;
    if (bits != null) {
      for (long word : bits) {
        sum += Long.bitCount(word);
      }
      return sum;
    }
    for (float value : chunk.value(outputId())) {
      sum += (long) value;
    }
    return sum;
  }

  @Override
  public void close() {
    program.close();
  }
}
