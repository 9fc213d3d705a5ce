package org.velella.synapse;

import java.util.List;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.module.OperationModule;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Passes its input on some steps later. Memory: {@code history}, the inputs that are still to come
 * out.
 *
 * @see DelayOperation
 */
public final class Delay extends OperationModule {
  /**
   * The same delay for all elements.
   *
   * @param steps from 1 to {@value DelayOperation#MOST_STEPS}
   */
  public Delay(int steps) {
    this(DelayOperation.of(steps));
  }

  /**
   * A delay for each element of a feature axis.
   *
   * @param steps not negative, at least one of them positive; copied
   */
  public Delay(int[] steps) {
    this(new DelayOperation(Tensor.of(Shape.of(steps.length), steps.clone())));
  }

  private Delay(DelayOperation operation) {
    super(
        requireSome(operation),
        List.of(new NamedMemory(DelayOperation.HISTORY, MemoryValue.empty())));
  }

  private static DelayOperation requireSome(DelayOperation operation) {
    if (operation.longest() == 0) {
      throw new IllegalArgumentException("A Delay module needs a delay of at least one step");
    }
    return operation;
  }
}
