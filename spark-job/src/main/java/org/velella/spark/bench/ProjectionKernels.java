package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.backend.Backend;
import org.velella.backend.FrameKernel;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.SparseOp;
import org.velella.plan.StatelessOp;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Projections of 4000 neurons onto as many, with weights of their own or one for all, and with
 * delays.
 */
final class ProjectionKernels {
  private static final int NEURONS = 4000;
  private static final int FRAMES = 16;
  private static final int CONNECTIVITY_SEED = 53;
  private static final int WEIGHT_SEED = 54;
  private static final int DELAY_SEED = 57;
  private static final int LONGEST = 8;

  private ProjectionKernels() {}

  /** A projection in which a pair is connected with this chance. */
  static SparseOp sparse(double connected) {
    Connectivity synapses = connectivity(connected);
    float[] weights = Hash.floats(synapses.synapses(), WEIGHT_SEED, 2, -1);
    return new SparseOp("sparse", 0, 1, synapses, weights);
  }

  /** The same with one weight. */
  static EqualWeightOp equalWeight(double connected) {
    return new EqualWeightOp("equal", 0, 1, connectivity(connected), 0.3f);
  }

  private static Connectivity connectivity(double connected) {
    int[] offsets = new int[NEURONS + 1];
    List<Integer> columns = new ArrayList<>();
    float[] chance = Hash.floats(NEURONS * NEURONS, CONNECTIVITY_SEED, 1, 0);
    for (int pair = 0; pair < chance.length; pair++) {
      if (chance[pair] < connected) {
        columns.add(pair % NEURONS);
      }
      offsets[pair / NEURONS + 1] = columns.size();
    }
    int[] targets = columns.stream().mapToInt(Integer::intValue).toArray();
    return new Connectivity(NEURONS, offsets, targets);
  }

  /** Frames of spikes as bits, by the vector backend's kernel; items are synapses that get one. */
  static Kernel onSpikes(StatelessOp op, Connectivity synapses, double density) {
    float[] spikes = LinearKernels.spikes(FRAMES * NEURONS, density);
    LinearKernels.Frames frames = LinearKernels.Frames.atOnce(FRAMES);
    Kernel kernel = LinearKernels.onSpikes(op, frames, spikes, NEURONS, 0);
    return new Kernel(
        kernel.params(), kernel.run(), Map.of("items", visited(synapses, spikes)), kernel.check());
  }

  /** Synapses that get a spike. */
  private static double visited(Connectivity synapses, float[] spikes) {
    double visited = 0;
    for (int i = 0; i < spikes.length; i++) {
      int source = i % NEURONS;
      int row = synapses.offsets()[source + 1] - synapses.offsets()[source];
      visited += spikes[i] == 0 ? 0 : row;
    }
    return visited;
  }

  /** The same by the scalar backend's kernel. */
  static Runnable scalar(StatelessOp op, double density) {
    FrameKernel kernel = new ScalarKernels().stateless(op);
    float[] spikes = LinearKernels.spikes(FRAMES * NEURONS, density);
    float[] out = new float[FRAMES * NEURONS];
    return () -> kernel.run(FRAMES, spikes, 0, out, 0);
  }

  /** A sparse projection with delays of 1 to 8 steps, on a backend beside the scalar one. */
  static Timed delayed(String name, Backend backend, double connected, double density, int runs) {
    Connectivity synapses = connectivity(connected);
    float[] spikes = LinearKernels.spikes(FRAMES * NEURONS, density);
    Network network = delayed(synapses);
    Tile tile = tile(backend, network, spikes);
    Tile scalar = tile(new ScalarBackend(), network, spikes);
    Stopwatch.Taken taken = Stopwatch.taken(List.of(tile, scalar), runs);
    Answers.requireSame(name, scalar, tile);
    Kernel kernel =
        new Kernel(
            Map.of("delays", "1 to " + LONGEST),
            tile,
            Map.of("items", visited(synapses, spikes)),
            () -> "pending bit for bit; output sum %.4f".formatted(tile.outputSum()));
    double[][] wall = taken.wall();
    double[][] processor = taken.processor();
    return new Timed(
        kernel,
        wall[0],
        Map.of(
            "of_scalar", Ratios.median(wall[1]) / Ratios.median(wall[0]),
            "of_scalar_cpu", Ratios.median(processor[1]) / Ratios.median(processor[0])));
  }

  private static Network delayed(Connectivity synapses) {
    int count = synapses.synapses();
    int[] delays = new int[count];
    for (int e = 0; e < count; e++) {
      delays[e] = 1 + (int) (LONGEST * Hash.uniform(e, DELAY_SEED));
    }
    Shape population = Shape.of(NEURONS);
    Shape each = Shape.of(count);
    Tensor weights = Tensor.of(each, Hash.floats(count, WEIGHT_SEED, 2, -1));
    return Network.builder()
        .node("input", new InputOperation(population))
        .node(
            "delayed",
            new DelayedSparseOperation(
                population, population, synapses, weights, Tensor.of(each, delays)))
        .node("output", new OutputOperation())
        .edge("input", "delayed")
        .edge("delayed", "output")
        .build();
  }

  private static Tile tile(Backend backend, Network network, float[] spikes) {
    Tile tile = new Tile(backend, network, 1, FRAMES, Set.of(), Tile.Output.FLOATS);
    System.arraycopy(spikes, 0, tile.input(), 0, spikes.length);
    return tile;
  }
}
