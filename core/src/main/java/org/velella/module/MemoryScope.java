package org.velella.module;

/** Whether a memory belongs to each sample or to the whole batch. */
public enum MemoryScope {
  /** Every sample has its own; the batch axis comes first. */
  PER_SAMPLE,
  /** One value for all samples, such as a step counter; it must be equal in every range. */
  SHARED
}
