package org.velella.plan;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network lowered for one tile shape: the only thing a backend sees.
 *
 * @param batch samples of the tile
 * @param values all buffers; a value's id is its index
 * @param stages in execution order
 * @param memories in checkpoint order; a memory's id is its index
 * @param inputs values of the Input nodes in byte order of their names, filled by the caller
 * @param outputs values of the Output nodes in byte order of their names
 * @param nodeValues the value that each node sends on, by node name; without nodes whose weights
 *     moved into the batch normalisation behind them, unless they are visible
 * @param recorded values of recorded variables, by {@code path.variable}
 * @param reads for each node that {@link PlanOptions#readNodes} names, for each of its inputs, the
 *     values that are summed there, in byte order of the sources' names
 * @param visible values that the caller reads after a chunk
 */
public record Plan(
    int batch,
    List<PlanValue> values,
    List<Stage> stages,
    List<PlanMemory> memories,
    List<Integer> inputs,
    List<Integer> outputs,
    Map<String, Integer> nodeValues,
    Map<String, Integer> recorded,
    Map<String, List<List<Integer>>> reads,
    Set<Integer> visible) {

  /** Of how many steps a call must be a multiple: what all its parallel neurons take at a time. */
  public int stepsAtOnce() {
    int all = 1;
    for (Stage stage : stages) {
      for (Op op : stage.ops()) {
        int each = op instanceof PsnOp psn ? psn.operation().stepsAtOnce() : 1;
        int common = all;
        while (common % each != 0) {
          common += all;
        }
        all = common;
      }
    }
    return all;
  }

  /**
   * Refuses steps of a chunk that are no multiple of {@link #stepsAtOnce}.
   *
   * @throws IllegalArgumentException if they are not
   */
  public void requireSteps(int steps) {
    if (steps % stepsAtOnce() != 0) {
      throw new IllegalArgumentException(
          "The network takes %d steps at a time, so it cannot run %d"
              .formatted(stepsAtOnce(), steps));
    }
  }

  /** As many steps, or fewer, as can run at a time; {@link #stepsAtOnce} at least. */
  public int wholeSteps(long steps) {
    int atOnce = stepsAtOnce();
    return (int) Math.max(atOnce, Math.min(steps, Integer.MAX_VALUE) / atOnce * atOnce);
  }

  /** Floats that one step of the whole tile occupies, over all values. */
  public long floatsPerStep() {
    return (long) batch * values.stream().mapToLong(PlanValue::size).sum();
  }
}
