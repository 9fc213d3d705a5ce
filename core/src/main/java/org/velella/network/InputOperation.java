package org.velella.network;

import org.velella.module.Operation;
import org.velella.tensor.Shape;

/**
 * Where a network's input enters.
 *
 * @param shape per sample and step
 */
public record InputOperation(Shape shape) implements Operation {
  @Override
  public String kind() {
    return "Input";
  }

  @Override
  public Shape outputShape(Shape input) {
    return shape;
  }
}
