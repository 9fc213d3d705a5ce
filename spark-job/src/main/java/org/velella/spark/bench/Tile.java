package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.TileRun;
import org.velella.network.Network;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/** One network, some samples, T steps on a backend: from input arrays to output arrays. */
final class Tile implements Runnable {
  /** How outputs are handed over. */
  enum Output {
    /** As float32 {@code [T, N, *]}. */
    FLOATS,
    /** As the backend keeps them: spikes as bits where it can. */
    AS_KEPT
  }

  private final Plan plan;
  private final TileRun run;
  private final Chunk chunk;
  private List<Tensor> fresh;

  Tile(Backend backend, Network network, int batch, int steps, Set<String> traces, Output output) {
    plan = Lowering.lower(network, new PlanOptions(batch, Set.of(), new TreeSet<>(traces)));
    Program program = backend.compile(plan);
    run = program.open(TileParameters.NONE);
    fresh = run.memories();
    chunk = output == Output.FLOATS ? new Chunk(plan, steps) : Chunk.packed(plan, steps, program);
    chunk.steps(steps);
  }

  /** The only input's buffer {@code [T, N, *]}, to be filled. */
  float[] input() {
    return chunk.value(plan.inputs().get(0));
  }

  /** Makes runs begin with these memories. */
  void start(List<Tensor> memories) {
    fresh = memories;
  }

  /** Through all steps, from where the last run ended. */
  Runnable onward() {
    return () -> run.run(chunk);
  }

  /** The only output's numbers {@code [T, N, *]}. */
  float[] output() {
    return chunk.value(plan.outputs().get(0));
  }

  /** The same whether they are kept as numbers or as bits. */
  float[] outputNumbers() {
    int id = plan.outputs().get(0);
    long[] words = chunk.spikes(id);
    if (words == null) {
      return output();
    }
    int size = plan.values().get(id).size();
    int perFrame = SpikeFrameKernel.words(size);
    float[] numbers = new float[Math.multiplyExact(words.length / perFrame, size)];
    for (int i = 0; i < numbers.length; i++) {
      int element = i % size;
      numbers[i] = words[i / size * perFrame + (element >> 6)] >>> element & 1;
    }
    return numbers;
  }

  /** From the first memories through all steps. */
  @Override
  public void run() {
    run.load(fresh);
    run.run(chunk);
  }

  /** The only output's values summed up, in float64. */
  double outputSum() {
    int id = plan.outputs().get(0);
    double sum = 0;
    if (chunk.spikes(id) != null) {
      for (long word : chunk.spikes(id)) {
        sum += Long.bitCount(word);
      }
      return sum;
    }
    for (float value : chunk.value(id)) {
      sum += value;
    }
    return sum;
  }

  /** All memories after the last run. */
  List<Tensor> memories() {
    return run.memories();
  }

  /**
   * Shares samples out to threads.
   *
   * @param input all samples' input {@code [T, N, width]}
   */
  static List<Tile> shared(
      int threads, int samples, int steps, int width, float[] input, Maker maker) {
    List<Tile> tiles = new ArrayList<>();
    for (int part = 0; part < threads; part++) {
      int lo = (int) ((long) samples * part / threads);
      int hi = (int) ((long) samples * (part + 1) / threads);
      Tile tile = maker.make(hi - lo);
      for (int t = 0; t < steps; t++) {
        System.arraycopy(
            input,
            (t * samples + lo) * width,
            tile.input(),
            t * (hi - lo) * width,
            (hi - lo) * width);
      }
      tiles.add(tile);
    }
    return tiles;
  }

  /** Makes the tile of some samples. */
  @FunctionalInterface
  interface Maker {
    Tile make(int batch);
  }

  static double outputSum(List<Tile> tiles) {
    return tiles.stream().mapToDouble(Tile::outputSum).sum();
  }
}
