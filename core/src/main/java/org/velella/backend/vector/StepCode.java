package org.velella.backend.vector;

/** Generated code that advances neurons by one step and writes what they give. */
public abstract class StepCode extends NeuronCode {
  /**
   * Advances {@code n} neurons by one step. Inputs behind the first lie where {@link #other} said.
   *
   * @param n a multiple of the vector length, or of 64 if the class writes bits
   * @param x the input of the first is {@code x[xAt]}
   * @param row where constants with one value per row are read
   * @param neuron where constants with one value per neuron begin
   * @param memory where the memories begin
   * @param out takes the output from {@code outAt} on, unless the class writes bits
   * @param bits takes one bit per neuron from word {@code bitsAt} on, if the class writes bits
   * @param recorded takes the recorded values from {@code recordedAt} on
   */
  public abstract void step(
      int n,
      float[] x,
      int xAt,
      int row,
      int neuron,
      int memory,
      float[] out,
      int outAt,
      long[] bits,
      int bitsAt,
      float[][] recorded,
      int recordedAt);
}
