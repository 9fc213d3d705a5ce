package org.velella.neuron;

/** What a spike does to the membrane potential. */
public enum ResetKind {
  /** It is set to {@code v_reset}. */
  HARD,
  /** {@code v_threshold} is subtracted for each spike ({@code v_reset=None} in the seed). */
  SOFT
}
