package org.velella.backend;

import org.velella.synapse.Connectivity;

/**
 * Synapses by their sources and by their targets, and where the numbers of each lie among those of
 * its sample.
 *
 * @param rows where the synapses of each source begin, in ascending order of their targets
 * @param targetOf the target of each of them
 * @param slot the place of its numbers
 * @param columns where the synapses of each target begin, in ascending order of their sources
 * @param sourceOf the source of each of those
 * @param slotByTarget the place of its numbers
 */
record SynapsePlaces(
    int[] rows, int[] targetOf, int[] slot, int[] columns, int[] sourceOf, int[] slotByTarget) {
  /** Every pair, in a matrix {@code [targets, sources]}. */
  static SynapsePlaces all(int sources, int targets) {
    int[] rows = new int[sources + 1];
    int[] targetOf = new int[Math.multiplyExact(sources, targets)];
    int[] slot = new int[targetOf.length];
    for (int k = 0; k < sources; k++) {
      rows[k + 1] = (k + 1) * targets;
      for (int o = 0; o < targets; o++) {
        targetOf[k * targets + o] = o;
        slot[k * targets + o] = o * sources + k;
      }
    }
    return turned(rows, targetOf, slot, targets);
  }

  /** Those of a connectivity, in its order. */
  static SynapsePlaces of(Connectivity connectivity) {
    int[] slot = new int[connectivity.synapses()];
    for (int e = 0; e < slot.length; e++) {
      slot[e] = e;
    }
    return turned(connectivity.offsets(), connectivity.columns(), slot, connectivity.targets());
  }

  private static SynapsePlaces turned(int[] rows, int[] targetOf, int[] slot, int targets) {
    int[] columns = new int[targets + 1];
    for (int o : targetOf) {
      columns[o + 1]++;
    }
    for (int o = 0; o < targets; o++) {
      columns[o + 1] += columns[o];
    }
    int[] next = columns.clone();
    int[] sourceOf = new int[slot.length];
    int[] slotByTarget = new int[slot.length];
    for (int k = 0; k + 1 < rows.length; k++) {
      for (int e = rows[k]; e < rows[k + 1]; e++) {
        int at = next[targetOf[e]]++;
        sourceOf[at] = k;
        slotByTarget[at] = slot[e];
      }
    }
    return new SynapsePlaces(rows, targetOf, slot, columns, sourceOf, slotByTarget);
  }

  int sources() {
    return rows.length - 1;
  }

  int targets() {
    return columns.length - 1;
  }

  int count() {
    return slot.length;
  }
}
