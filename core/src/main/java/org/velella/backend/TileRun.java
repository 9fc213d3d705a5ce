package org.velella.backend;

import java.util.List;
import org.velella.tensor.Tensor;

/** One tile being simulated. Used by one thread. */
public interface TileRun extends AutoCloseable {
  /**
   * Sets all memories, in plan order: {@code [N, *]} for per-sample ones, {@code [*]} for shared
   * ones. The tensors are copied.
   */
  void load(List<Tensor> memories);

  /** Runs the steps of a chunk: reads its inputs, advances the memories, fills visible values. */
  void run(Chunk chunk);

  /** Copies of all memories, in plan order. */
  List<Tensor> memories();

  @Override
  void close();
}
