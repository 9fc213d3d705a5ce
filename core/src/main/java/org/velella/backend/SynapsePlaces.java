package org.velella.backend;

import org.velella.plan.ConvOp;
import org.velella.plan.Windows;
import org.velella.synapse.Connectivity;
import org.velella.synapse.PlasticOperation;

/**
 * Where synapses that learn have their numbers among those of a sample. Of a matrix {@code
 * [targets, sources]} and of the kernel of a convolution that is computed; a connectivity has lists
 * of its synapses by source, whose order is that of the numbers, and by target.
 */
public final class SynapsePlaces {
  private final int sources;
  private final int targets;
  private final int count;
  private final ConvOp window;
  private final int sharers;

  /** Where the synapses of each source begin, in ascending order of their targets. */
  final int[] rows;

  /** The target of each of them. */
  final int[] targetOf;

  /** Where the synapses of each target begin, in ascending order of their sources. */
  final int[] columns;

  /** The source of each of those. */
  final int[] sourceOf;

  /** The place of its numbers. */
  final int[] slotByTarget;

  private SynapsePlaces(PlasticOperation operation) {
    sources = operation.source().size();
    targets = operation.target().size();
    count = operation.weight().size();
    sharers = operation.sharers();
    window = null;
    rows = targetOf = columns = sourceOf = slotByTarget = null;
  }

  private SynapsePlaces(PlasticOperation operation, ConvOp window) {
    sources = operation.source().size();
    targets = operation.target().size();
    count = operation.weight().size();
    sharers = operation.sharers();
    this.window = window;
    rows = targetOf = columns = sourceOf = slotByTarget = null;
  }

  private SynapsePlaces(Connectivity connectivity) {
    sources = connectivity.sources();
    targets = connectivity.targets();
    count = connectivity.synapses();
    window = null;
    sharers = 1;
    rows = connectivity.offsets();
    targetOf = connectivity.columns();
    columns = new int[targets + 1];
    for (int o : targetOf) {
      columns[o + 1]++;
    }
    for (int o = 0; o < targets; o++) {
      columns[o + 1] += columns[o];
    }
    int[] next = columns.clone();
    sourceOf = new int[count];
    slotByTarget = new int[count];
    for (int k = 0; k < sources; k++) {
      for (int e = rows[k]; e < rows[k + 1]; e++) {
        int at = next[targetOf[e]]++;
        sourceOf[at] = k;
        slotByTarget[at] = e;
      }
    }
  }

  /** Those of an operation. */
  static SynapsePlaces of(PlasticOperation operation) {
    if (operation.window() != null) {
      return new SynapsePlaces(operation, Windows.plastic(operation));
    }
    return operation.connectivity() == null
        ? new SynapsePlaces(operation)
        : new SynapsePlaces(operation.connectivity());
  }

  /** Whether there is a synapse of its own from every source to every target. */
  public boolean all() {
    return rows == null && window == null && sharers == 1;
  }

  /** How many rows of a sample share its weights; sources and targets are those of all rows. */
  int sharers() {
    return sharers;
  }

  /** The convolution whose kernel learns; null for other synapses. */
  ConvOp window() {
    return window;
  }

  /** How many sources there are. */
  public int sources() {
    return sources;
  }

  /** How many targets there are. */
  public int targets() {
    return targets;
  }

  /** How many synapses there are; of a convolution, how many weights. */
  public int count() {
    return count;
  }
}
