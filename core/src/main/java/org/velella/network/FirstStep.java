package org.velella.network;

/** What a delayed (recurrent) edge delivers at the first step of a fresh run. */
public enum FirstStep {
  /** Nothing: zeros, so a recurrent Affine's bias is not applied (Norse, NIRTorch). */
  ZERO,
  /** What the edge's source gives for zero input: a recurrent Affine's bias (snnTorch). */
  ZERO_INPUT
}
