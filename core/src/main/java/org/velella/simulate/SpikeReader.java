package org.velella.simulate;

import org.velella.backend.Chunk;
import org.velella.backend.SpikeFrameKernel;
import org.velella.plan.Plan;

/** Finds the spikes of a chunk, whether they are bits or numbers. */
final class SpikeReader {
  /** Is told of a neuron that spikes. */
  interface Visitor {
    /**
     * @param t step of the chunk
     * @param sample of the tile
     * @param count spikes in this step, mostly 1
     */
    void spikes(int t, int sample, int neuron, int count);
  }

  private SpikeReader() {}

  /** Visits the spikes of a value, step by step, sample by sample, neuron by neuron. */
  static void read(Plan plan, Chunk chunk, int id, Visitor visitor) {
    int size = plan.values().get(id).size();
    if (chunk.spikes(id) != null) {
      bits(plan.batch(), chunk.steps(), chunk.spikes(id), SpikeFrameKernel.words(size), visitor);
      return;
    }
    float[] spikes = chunk.value(id);
    for (int t = 0, i = 0; t < chunk.steps(); t++) {
      for (int n = 0; n < plan.batch(); n++) {
        for (int f = 0; f < size; f++, i++) {
          if (spikes[i] != 0) {
            visitor.spikes(t, n, f, (int) spikes[i]);
          }
        }
      }
    }
  }

  private static void bits(int batch, int steps, long[] packed, int words, Visitor visitor) {
    for (int t = 0, i = 0; t < steps; t++) {
      for (int n = 0; n < batch; n++) {
        for (int w = 0; w < words; w++, i++) {
          for (long word = packed[i]; word != 0; word &= word - 1) {
            visitor.spikes(t, n, w * Long.SIZE + Long.numberOfTrailingZeros(word), 1);
          }
        }
      }
    }
  }
}
