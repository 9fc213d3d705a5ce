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
 * <p>Memory: {@code history}, the inputs of the last D steps, oldest first, {@code [D, *]}, where D
 * is the longest delay; none if that is 0.
 *
 * @param steps d, INT32 and not negative, of a shape that broadcasts to the input
 */
public record DelayOperation(Tensor steps) implements Operation {
  /** The memory's name. */
  public static final String HISTORY = "history";

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

  /** D, the longest delay. */
  public int longest() {
    int longest = 0;
    for (int each : steps.ints()) {
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
    int longest = longest();
    if (longest == 0) {
      return List.of();
    }
    long elements = (long) longest * input.size();
    if (elements > MOST_NUMBERS) {
      throw new IllegalArgumentException(
          "%s of %d steps keeps %d numbers per sample for input of shape %s, at most %d are allowed; shorten it"
              .formatted(KIND, longest, elements, input, MOST_NUMBERS));
    }
    Tensor silence = Tensor.zeros(DType.FLOAT32, input.prepend(longest));
    return List.of(new MemorySpec(HISTORY, MemoryScope.PER_SAMPLE, silence));
  }
}
