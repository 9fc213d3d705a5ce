package org.velella.backend.vector;

/**
 * Visits the synapses of a matrix that have a spike at one of their ends: row by row, a vector of
 * sources at a time. What is left at the end of a row is visited one by one.
 */
final class ActiveBlocks {
  /** All bits of each source with a spike, none of the others. */
  final int[] spikes;

  private final int[] all;
  private final int[] some;
  private final int end;
  private int active;

  /** What is done with synapses. */
  interface Rows {
    /**
     * Takes some blocks of a row.
     *
     * @param o the target
     * @param firsts the first source of each block
     * @param fires all bits if the target has a spike; none if only sources have one, and others
     *     that share a block with them stay as they are
     */
    void blocks(int o, int[] firsts, int count, int fires);

    /** Takes the synapse of source k to target o. */
    void one(int k, int o);
  }

  ActiveBlocks(int sources) {
    end = sources - sources % Lanes.COUNT;
    spikes = new int[sources];
    all = new int[end / Lanes.COUNT];
    some = new int[all.length];
    for (int b = 0; b < all.length; b++) {
      all[b] = b * Lanes.COUNT;
    }
  }

  /** Takes the spikes of the sources in a step. */
  void take(float[] pre, int from) {
    for (int k = 0; k < spikes.length; k++) {
      spikes[k] = pre[from + k] != 0 ? -1 : 0;
    }
    active = 0;
    for (int first : all) {
      int any = 0;
      for (int k = first; k < first + Lanes.COUNT; k++) {
        any |= spikes[k];
      }
      some[active] = first;
      active -= any;
    }
  }

  /** Visits what is active in the row of a target, whose spike is given. */
  void visit(int o, float spike, Rows rows) {
    boolean fires = spike != 0;
    if (fires) {
      rows.blocks(o, all, all.length, -1);
    } else {
      rows.blocks(o, some, active, 0);
    }
    for (int k = end; k < spikes.length; k++) {
      if (fires || spikes[k] != 0) {
        rows.one(k, o);
      }
    }
  }
}
