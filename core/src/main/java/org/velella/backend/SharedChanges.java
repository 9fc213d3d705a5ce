package org.velella.backend;

import java.util.Arrays;

/**
 * What the weights of a matrix that several rows share gain and lose in one step: sums over the
 * rows, of the synapses of one target at a time.
 */
final class SharedChanges {
  /** How many sources a row has. */
  final int width;

  /** How many targets a row has. */
  final int height;

  /** What the weight of each source gains. */
  final float[] gains;

  /** What the weight of each source loses. */
  final float[] losses;

  /** Sources with a spike, row after row. */
  final FiringRows firing;

  private final int rows;

  /** Sources with a spike in some row. */
  private final boolean[] sends;

  SharedChanges(SynapsePlaces places) {
    rows = places.sharers();
    width = places.sources() / rows;
    height = places.targets() / rows;
    gains = new float[width];
    losses = new float[width];
    firing = new FiringRows(rows, width);
    sends = new boolean[width];
  }

  /** Looks at the spikes that the sources send in a step, from {@code from} on. */
  void list(float[] spikes, int from) {
    firing.list(spikes, from);
    Arrays.fill(sends, false);
    for (int f = 0; f < firing.end(rows - 1); f++) {
      sends[firing.source[f]] = true;
    }
  }

  /** Begins the sums of another target. */
  void clear() {
    Arrays.fill(gains, 0.0f);
    Arrays.fill(losses, 0.0f);
  }

  /** Whether a source sends a spike in some row. */
  boolean sends(int source) {
    return sends[source];
  }
}
