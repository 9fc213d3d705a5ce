package org.velella.spark.task;

/** Whether what a task computes is wanted. */
@FunctionalInterface
interface Wanted {
  /** Throws if nobody needs it any longer. */
  void require();

  /**
   * Throws if what a tile has thrown may come from the end of the task and not from its samples: a
   * user's module may answer the interrupt of its thread with an exception of its own.
   *
   * @param thrown by a user's module, or for what an operation of ours cannot take
   */
  default void requireOfSamples(RuntimeException thrown) {}
}
