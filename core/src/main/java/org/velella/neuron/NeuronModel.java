package org.velella.neuron;

import java.util.List;
import org.velella.equation.StepProgram;

/** STUB to be completed by the neuron room's author. */
public final class NeuronModel {
  private NeuronModel() {}

  /** Parses the equations. */
  public static NeuronModel parse(String text) {
    throw new UnsupportedOperationException(text);
  }

  /** The model's name. */
  public String name() {
    throw new UnsupportedOperationException();
  }

  /**
   * Canonical text of the equations: parse(text()) gives an equal model; used in digests and files.
   */
  public String text() {
    throw new UnsupportedOperationException();
  }

  /** Parameter names in declaration order. */
  public List<String> parameters() {
    throw new UnsupportedOperationException();
  }

  /** Default of each parameter, in order. */
  public double[] defaults() {
    throw new UnsupportedOperationException();
  }

  /** The IR of one step. */
  public StepProgram program() {
    throw new UnsupportedOperationException();
  }

  /**
   * Values of program().constants() in float64 arithmetic (StrictMath), each rounded once to
   * float32.
   */
  public float[] constants(double[] parameters) {
    throw new UnsupportedOperationException();
  }

  /** Initial value of each memory, float64 arithmetic rounded once. */
  public float[] initialMemories(double[] parameters) {
    throw new UnsupportedOperationException();
  }
}
