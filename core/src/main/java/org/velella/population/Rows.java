package org.velella.population;

import java.util.Arrays;
import org.velella.network.NetworkException;
import org.velella.synapse.Connectivity;

/** Rows of targets that grow at the end. */
final class Rows {
  /** What an array can hold. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  private final String label;
  private final int targets;
  private final int[] offsets;
  private int[] columns;
  private int row;
  private int count;

  /** Rows with room for a number of synapses, which may grow. */
  Rows(String label, int sources, int targets, double expected) {
    this.label = label;
    this.targets = targets;
    require(label, expected);
    offsets = new int[sources + 1];
    columns = new int[(int) Math.min(MOST, Math.max(16, expected * 1.01 + 1000))];
  }

  /** Refuses more synapses than an array can hold. */
  static void require(String label, double expected) {
    if (expected > MOST) {
      throw new NetworkException(
          label + " has more synapses than the " + MOST + " that one projection may; split it");
    }
  }

  void add(int target) {
    if (count == columns.length) {
      require(label, count + 1.0);
      columns = Arrays.copyOf(columns, (int) Math.min(MOST, count + (long) count / 2));
    }
    columns[count++] = target;
  }

  void endRow() {
    offsets[++row] = count;
  }

  Connectivity connectivity() {
    return new Connectivity(targets, offsets, Arrays.copyOf(columns, count));
  }
}
