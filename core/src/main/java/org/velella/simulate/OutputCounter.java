package org.velella.simulate;

import java.util.Map;
import org.velella.backend.Chunk;
import org.velella.tensor.Tensor;

/** Keeps statistics of the outputs' spikes while a tile runs chunk by chunk. */
interface OutputCounter {
  /** Says which step a chunk begins with, before it runs. */
  default void begin(long firstStep, Chunk chunk) {}

  /** Takes in a chunk that has run. */
  void count(long firstStep, Chunk chunk);

  /** Puts the statistics, by name, once the last chunk has run. */
  void finish(Map<String, Tensor> statistics);
}
