package org.velella.backend.vector;

/**
 * Generated code that takes a few neurons through many steps, their memories in registers, and
 * counts their spikes.
 */
public abstract class CountCode extends NeuronCode {
  /**
   * Advances {@code n} neurons by {@code steps} steps. Inputs behind the first lie where {@link
   * #other} said. All constants with a value per neuron lie as the memories do.
   *
   * @param n a multiple of the vector length times the vectors that the class takes at once
   * @param x the input of the first neuron at the first step is {@code x[xFirst]}
   * @param xStride how far apart the inputs of successive steps are
   * @param row where constants with one value per row are read
   * @param memory where the memories, the counts and the waits begin
   * @param counts takes the numbers of spikes
   * @param waits takes the numbers of steps before the first spike, {@code steps} if there is none
   */
  public abstract void count(
      int n,
      int steps,
      float[] x,
      int xFirst,
      int xStride,
      int row,
      int memory,
      int[] counts,
      int[] waits);
}
