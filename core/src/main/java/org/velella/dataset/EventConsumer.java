package org.velella.dataset;

/** Takes the events of a file, in the order of the file. */
@FunctionalInterface
public interface EventConsumer {
  /**
   * An event.
   *
   * @param time in ticks of the file
   * @param x column, or the number of the neuron where there are no rows
   * @param y row, from the top
   * @param polarity 0 or 1
   */
  void event(long time, int x, int y, int polarity);

  /**
   * Says that the next events are those of a block that begins at a byte, from which on the file
   * can be read again.
   */
  default void block(long offset) {}
}
