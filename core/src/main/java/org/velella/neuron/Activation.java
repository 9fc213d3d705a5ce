package org.velella.neuron;

/** The function that a LIAF neuron applies to what it sends. */
public enum Activation {
  /** max(z, 0); a NaN stays one. */
  RELU("max(z, 0)"),
  /** z above 0, a hundredth of it below. */
  LEAKY_RELU("where(z > 0, z, z * 0.01)"),
  SIGMOID("sigmoid(z)"),
  TANH("tanh(z)"),
  IDENTITY("z");

  private final String expression;

  Activation(String expression) {
    this.expression = expression;
  }

  /** The function of {@code z} in the language of equations. */
  String expression() {
    return expression;
  }
}
