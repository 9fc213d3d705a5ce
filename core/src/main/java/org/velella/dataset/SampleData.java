package org.velella.dataset;

/** The input of one sample, as steps. */
public sealed interface SampleData {
  /**
   * Values of every step, one step after the other.
   *
   * @param steps how many steps there are
   * @param values {@code steps} times the elements of one step
   */
  record Frames(int steps, float[] values) implements SampleData {}

  /**
   * Places where a step's input is one; a place that comes twice in a step is two there.
   *
   * @param steps of each event, from 0
   * @param indices of each event among the elements of one step
   */
  record EventList(int[] steps, int[] indices) implements SampleData {}
}
