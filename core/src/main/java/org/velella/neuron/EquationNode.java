package org.velella.neuron;

import java.util.Map;

/**
 * Neurons of any model, such as one that a user wrote. The language is described at {@link
 * org.velella.equation.Equations}; memories are the model's, in its order.
 *
 * @seed activation_based.neuron.FlexSN
 */
public final class EquationNode extends NeuronNode {
  /**
   * Neurons with the model's defaults.
   *
   * @param text of the equations
   * @throws org.velella.equation.EquationException if the text cannot be read
   */
  public EquationNode(String text) {
    this(NeuronModel.parse(text), Map.of());
  }

  /**
   * Neurons with given parameters; those left out have the model's defaults.
   *
   * @throws IllegalArgumentException if a parameter is unknown, not finite or not allowed
   */
  public EquationNode(NeuronModel model, Map<String, ParameterValue> parameters) {
    super(new NeuronOperation(model, parameters));
  }
}
