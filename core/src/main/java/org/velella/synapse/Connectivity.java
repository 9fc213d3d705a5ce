package org.velella.synapse;

import java.util.Arrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Which targets every source has a synapse to: compressed rows, one per source, of ascending
 * targets. Immutable.
 */
public final class Connectivity {
  private final int sources;
  private final int targets;
  private final int[] offsets;
  private final int[] columns;

  /**
   * Rows of targets.
   *
   * @param targets how many there are; every column is below it
   * @param offsets where each source's row begins in {@code columns}, and at last where the last
   *     one ends; one more than there are sources; copied
   * @param columns the targets of the rows, within a row strictly ascending; copied
   * @throws IllegalArgumentException if rows overlap, lie outside of the columns, or a target is
   *     out of range, doubled or out of order; the message names the source and the place
   */
  public Connectivity(int targets, int[] offsets, int[] columns) {
    this.sources = offsets.length - 1;
    this.targets = targets;
    this.offsets = offsets.clone();
    this.columns = columns.clone();
    if (sources < 1 || targets < 1) {
      throw new IllegalArgumentException(
          "A projection needs a source and a target, found %d and %d".formatted(sources, targets));
    }
    if (offsets[0] != 0 || offsets[sources] != columns.length) {
      throw new IllegalArgumentException(
          "The rows of a projection must go from 0 to %d, its number of synapses, found %d to %d"
              .formatted(columns.length, offsets[0], offsets[sources]));
    }
    for (int k = 0; k < sources; k++) {
      if (offsets[k + 1] < offsets[k]) {
        throw new IllegalArgumentException(
            "Row %d of a projection ends at %d, before it begins at %d"
                .formatted(k, offsets[k + 1], offsets[k]));
      }
    }
    for (int k = 0; k < sources; k++) {
      requireRow(k);
    }
  }

  private void requireRow(int k) {
    int before = -1;
    for (int e = offsets[k]; e < offsets[k + 1]; e++) {
      if (columns[e] <= before || columns[e] >= targets) {
        throw new IllegalArgumentException(
            "The targets of source %d must ascend from 0 to at most %d, found %d after %d at synapse %d"
                .formatted(k, targets - 1, columns[e], before, e));
      }
      before = columns[e];
    }
  }

  /** The places of a matrix {@code [targets, sources]} that are not zero. */
  public static Connectivity ofNonZero(Tensor matrix) {
    int targets = matrix.shape().dim(0);
    int sources = matrix.shape().dim(1);
    int[] offsets = new int[sources + 1];
    int[] columns = new int[matrix.size()];
    int count = 0;
    for (int k = 0; k < sources; k++) {
      for (int o = 0; o < targets; o++) {
        if (matrix.floats()[o * sources + k] != 0) {
          columns[count++] = o;
        }
      }
      offsets[k + 1] = count;
    }
    return new Connectivity(targets, offsets, Arrays.copyOf(columns, count));
  }

  public int sources() {
    return sources;
  }

  public int targets() {
    return targets;
  }

  /** How many synapses there are. */
  public int synapses() {
    return columns.length;
  }

  /** How many of all pairs of a source and a target are connected, in [0, 1]. */
  public double density() {
    return columns.length / ((double) sources * targets);
  }

  /** Where the rows begin and the last ends; not to be written to. */
  public int[] offsets() {
    return offsets;
  }

  /** The targets, row after row; not to be written to. */
  public int[] columns() {
    return columns;
  }

  /** The most synapses that one target has. */
  public int largestInDegree() {
    int[] degrees = new int[targets];
    int largest = 0;
    for (int column : columns) {
      largest = Math.max(largest, ++degrees[column]);
    }
    return largest;
  }

  /** The offsets as INT32 {@code [sources + 1]}. */
  public Tensor offsetTensor() {
    return Tensor.of(Shape.of(offsets.length), offsets.clone());
  }

  /** The targets as INT32 {@code [synapses]}. */
  public Tensor columnTensor() {
    return Tensor.of(Shape.of(columns.length), columns.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Connectivity that
        && targets == that.targets
        && Arrays.equals(offsets, that.offsets)
        && Arrays.equals(columns, that.columns);
  }

  @Override
  public int hashCode() {
    return (targets * 31 + Arrays.hashCode(offsets)) * 31 + Arrays.hashCode(columns);
  }

  @Override
  public String toString() {
    return "%d synapses from %d sources to %d targets".formatted(columns.length, sources, targets);
  }
}
