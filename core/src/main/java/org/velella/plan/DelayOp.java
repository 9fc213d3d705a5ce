package org.velella.plan;

import org.velella.synapse.DelayOperation;

/**
 * Every element some steps late: its value is what the input was {@code steps} ago, taken from the
 * memory if that was before this chunk. The memory holds the inputs of the last {@code kept} steps,
 * oldest first: {@code [N, kept, size]}.
 *
 * @param path the node's path, which prefixes the name of its parameter in {@link TileParameters}
 * @param size elements per sample and step
 * @param steps per element, or one for all, of samples that have none of their own
 * @param kept not below any of them, at least 1
 */
public record DelayOp(
    String node, String path, int input, int output, int size, int[] steps, int kept, int memory)
    implements Op {
  /** What stands for the operation's own delays, where a sample has none of its own. */
  public static final int OWN = -1;

  /** The delay of an element. */
  public int of(int element) {
    return steps[steps.length == 1 ? 0 : element];
  }

  /**
   * The delays that samples of a tile have of their own.
   *
   * @return one for each of {@code batch} samples, the same for all its elements, or {@link #OWN};
   *     null if none has one
   * @throws IllegalArgumentException if there is not one value for each sample, or one is no whole
   *     number from 0 to {@code kept}
   */
  public int[] ofSamples(int batch, TileParameters tile) {
    String full = path + "." + DelayOperation.STEPS;
    double[] values = tile.get(full);
    if (values == null) {
      return null;
    }
    if (values.length != batch) {
      throw new IllegalArgumentException(
          "Parameter %s needs %d values (one per sample), found %d"
              .formatted(full, batch, values.length));
    }
    int[] own = new int[batch];
    for (int n = 0; n < batch; n++) {
      own[n] = (int) values[n];
      if (own[n] != values[n] || own[n] < OWN || own[n] > kept) {
        throw new IllegalArgumentException(
            "Parameter %s takes whole numbers from 0 to %d, found %s at sample %d"
                .formatted(full, kept, values[n], n));
      }
    }
    return own;
  }
}
