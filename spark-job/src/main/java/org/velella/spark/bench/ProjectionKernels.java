package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.velella.backend.FrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.SparseOp;
import org.velella.plan.StatelessOp;
import org.velella.synapse.Connectivity;

/** Projections of 4000 neurons onto as many, with weights of their own or one for all. */
final class ProjectionKernels {
  private static final int NEURONS = 4000;
  private static final int FRAMES = 16;
  private static final int CONNECTIVITY_SEED = 53;
  private static final int WEIGHT_SEED = 54;

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
    double visited = 0;
    for (int i = 0; i < spikes.length; i++) {
      int source = i % NEURONS;
      int row = synapses.offsets()[source + 1] - synapses.offsets()[source];
      visited += spikes[i] == 0 ? 0 : row;
    }
    LinearKernels.Frames frames = LinearKernels.Frames.atOnce(FRAMES);
    Kernel kernel = LinearKernels.onSpikes(op, frames, spikes, NEURONS, 0);
    return new Kernel(kernel.params(), kernel.run(), Map.of("items", visited), kernel.check());
  }

  /** The same by the scalar backend's kernel. */
  static Runnable scalar(StatelessOp op, double density) {
    FrameKernel kernel = new ScalarKernels().stateless(op);
    float[] spikes = LinearKernels.spikes(FRAMES * NEURONS, density);
    float[] out = new float[FRAMES * NEURONS];
    return () -> kernel.run(FRAMES, spikes, 0, out, 0);
  }
}
