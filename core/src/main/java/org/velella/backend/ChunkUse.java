package org.velella.backend;

import java.util.Set;

/**
 * Values of a chunk that need not be there step by step.
 *
 * @param held inputs that are the same at every step; {@link Program#holds} says which may be
 * @param counted visible values of which only the spikes' number and first step are wanted; {@link
 *     Program#counts} says which may be
 */
public record ChunkUse(Set<Integer> held, Set<Integer> counted) {
  /** Every value at every step. */
  public static final ChunkUse PLAIN = new ChunkUse(Set.of(), Set.of());

  public ChunkUse {
    held = Set.copyOf(held);
    counted = Set.copyOf(counted);
  }
}
