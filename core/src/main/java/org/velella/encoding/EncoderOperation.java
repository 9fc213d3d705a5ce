package org.velella.encoding;

import org.velella.module.Operation;
import org.velella.tensor.Shape;

/** Turns the numbers of a step into spikes, element by element. */
public sealed interface EncoderOperation extends Operation
    permits BernoulliOperation, PoissonCountOperation, CycleOperation, PeriodicOperation {
  @Override
  default Shape outputShape(Shape input) {
    return input;
  }

  @Override
  default boolean spikes() {
    return true;
  }
}
