package org.velella.synapse;

import java.util.List;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.tensor.Broadcast;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * {@code y[t] = x[t - d]}, element by element: what came d steps ago, and zeros before anything
 * came. With d = 0 an element is passed on as it is.
 *
 * <p>Memory: {@code history}, the inputs of the last D steps, oldest first, {@code [D, *]}; none if
 * D is 0.
 *
 * @param steps d, INT32 and not negative, of a shape that broadcasts to the input
 * @param kept D, the longest delay, or more where samples may have longer ones of their own; never
 *     shows in what comes out
 */
public record DelayOperation(Tensor steps, int kept) implements Operation {
  /** The memory's name. */
  public static final String HISTORY = "history";

  /** The parameter's name in dotted paths: {@code late.steps}. */
  public static final String STEPS = "steps";

  /** Longer delays are taken for an error in units. */
  public static final int MOST_STEPS = 1 << 20;

  /** Most numbers of {@code history} per sample: 1 GiB of them. */
  private static final int MOST_NUMBERS = 1 << 28;

  private static final String KIND = "Delay";

  public DelayOperation {
    if (steps.dtype() != DType.INT32) {
      throw new IllegalArgumentException(
          KIND + " needs whole numbers of steps in INT32, found " + steps.dtype());
    }
    int[] values = steps.ints();
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] > MOST_STEPS) {
        throw new IllegalArgumentException(
            "%s must be from 0 to %d steps, found %d at index %d"
                .formatted(KIND, MOST_STEPS, values[i], i));
      }
    }
    if (kept < longest(steps) || kept > MOST_STEPS) {
      throw new IllegalArgumentException(
          "%s must keep its longest delay, %d, to %d steps, found %d"
              .formatted(KIND, longest(steps), MOST_STEPS, kept));
    }
  }

  /** Delays whose inputs are kept for as long as the longest of them. */
  public DelayOperation(Tensor steps) {
    this(steps, longest(steps));
  }

  /** The same delays with inputs kept for so many steps, or longer if they are already. */
  public DelayOperation keeping(int least) {
    return new DelayOperation(steps, Math.max(kept, least));
  }

  /** The same delay for all elements. */
  public static DelayOperation of(int steps) {
    return new DelayOperation(Tensor.of(Shape.SCALAR, new int[] {steps}));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Shape outputShape(Shape input) {
    expand(input);
    return input;
  }

  /** The longest delay. */
  public int longest() {
    return longest(steps);
  }

  private static int longest(Tensor steps) {
    int longest = 0;
    for (int each : steps.dtype() == DType.INT32 ? steps.ints() : new int[0]) {
      longest = Math.max(longest, each);
    }
    return longest;
  }

  /** The delay of every element of {@code input}; one number if a single one serves all. */
  public int[] expand(Shape input) {
    if (steps.size() == 1) {
      return steps.ints().clone();
    }
    int[] indices = Broadcast.indices(steps.shape(), input);
    int[] spread = new int[indices.length];
    for (int i = 0; i < spread.length; i++) {
      spread[i] = steps.ints()[indices[i]];
    }
    return spread;
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    if (kept == 0) {
      return List.of();
    }
    long elements = (long) kept * input.size();
    if (elements > MOST_NUMBERS) {
      throw new IllegalArgumentException(
          "%s of %d steps keeps %d numbers per sample for input of shape %s, at most %d are allowed; shorten it"
              .formatted(KIND, kept, elements, input, MOST_NUMBERS));
    }
    Tensor silence = Tensor.zeros(DType.FLOAT32, input.prepend(kept));
    return List.of(new MemorySpec(HISTORY, MemoryScope.PER_SAMPLE, silence));
  }
}
