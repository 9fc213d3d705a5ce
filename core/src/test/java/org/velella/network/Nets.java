package org.velella.network;

import java.util.Map;
import org.velella.layer.LinearOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Operations for networks of tests. */
final class Nets {
  static final NeuronModel IF =
      NeuronModel.parse(
          """
          model if
            parameter v_threshold = 1, v_reset = 0
            memory v = v_reset
            charge h = v + x
            fire s = h >= v_threshold
            reset v = where(s, v_reset, h)
          """);

  /** Sends on what it is given, from a memory's point of view a neuron. */
  static final NeuronModel ECHO =
      NeuronModel.parse(
          """
          model echo
            parameter start = 0
            memory v = start
            charge v = x
            output y = v
          """);

  private Nets() {}

  static Operation input(int... shape) {
    return new InputOperation(Shape.of(shape));
  }

  static Operation output() {
    return new OutputOperation();
  }

  static Operation neurons() {
    return new NeuronOperation(IF, Map.of());
  }

  static Operation echo(double start) {
    return new NeuronOperation(ECHO, Map.of("start", ParameterValue.of(start)));
  }

  static Operation scale(float factor) {
    return new ScaleOperation(Tensor.of(Shape.SCALAR, new float[] {factor}));
  }

  /** A square layer with all weights {@code weight}; without a bias if that is empty. */
  static Operation linear(int size, float weight, float... bias) {
    float[] weights = new float[size * size];
    java.util.Arrays.fill(weights, weight);
    return new LinearOperation(
        Tensor.of(Shape.of(size, size), weights),
        bias.length == 0 ? null : Tensor.of(Shape.of(bias.length), bias));
  }
}
