package org.velella.network;

import org.velella.module.Operation;
import org.velella.tensor.Shape;

/** Where a network's output leaves; it passes on what it is given. */
public record OutputOperation() implements Operation {
  @Override
  public String kind() {
    return "Output";
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }
}
