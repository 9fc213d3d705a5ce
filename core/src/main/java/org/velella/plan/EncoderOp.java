package org.velella.plan;

import java.util.List;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.EncoderOperation;

/**
 * Numbers to spikes. What it draws at random depends on {@link TileParameters#samples()}, on the
 * path and on the step that its memory counts.
 *
 * @param path the node's path, from which its random numbers have their key, and which prefixes the
 *     name of its parameter in {@link TileParameters}
 * @param size elements per sample and step
 * @param memories plan memories in the operation's order
 */
public record EncoderOp(
    String node,
    String path,
    EncoderOperation operation,
    int input,
    int output,
    int size,
    List<Integer> memories)
    implements Op {
  /** What stands for the operation's own cycle, where a sample has none of its own. */
  public static final int OWN = -1;

  /**
   * The cycles that samples of a tile have of their own.
   *
   * @return one operation for each of {@code batch} samples; null if all have this op's
   * @throws IllegalArgumentException if there is not one value for each sample, one is no length of
   *     a cycle, or the op counts the places of one cycle
   */
  public CycleOperation[] cycles(int batch, TileParameters tile) {
    String full = path + "." + CycleOperation.STEPS;
    double[] values = operation instanceof CycleOperation ? tile.get(full) : null;
    if (values == null) {
      return null;
    }
    CycleOperation own = (CycleOperation) operation;
    if (values.length != batch || own.counting() != CycleOperation.Counting.RUN) {
      throw new IllegalArgumentException(
          "Parameter %s needs %d values (one per sample) and an encoder that counts the run's steps, found %d and %s"
              .formatted(full, batch, values.length, own.counting()));
    }
    CycleOperation[] cycles = new CycleOperation[batch];
    for (int n = 0; n < batch; n++) {
      cycles[n] = values[n] == OWN ? own : own.ofSteps((int) values[n]);
    }
    return cycles;
  }
}
