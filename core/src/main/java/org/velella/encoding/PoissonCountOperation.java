package org.velella.encoding;

import java.util.List;
import org.velella.module.MemorySpec;
import org.velella.module.UnfitInputException;
import org.velella.tensor.Shape;

/**
 * Numbers of events at random: an element whose input is x gives, in every step, a number with a
 * Poisson distribution of mean x, on its own. Word i of the step decides on element i, as {@link
 * PoissonCounts} says. An input of 0 or less, or NaN, gives 0.
 *
 * <p>The memory {@code step} counts the steps, as that of {@link BernoulliOperation} does.
 */
public record PoissonCountOperation() implements EncoderOperation {
  /** The largest mean. */
  public static final int MOST_EXPECTED = 256;

  /**
   * Refuses a mean that is too large.
   *
   * @param node for the message
   * @throws UnfitInputException if it is
   */
  public static void require(String node, int element, float mean) {
    if (mean > MOST_EXPECTED) {
      throw new UnfitInputException(
          "Node '%s' takes means of up to %d events per step, found %s at element %d; check rate and dt"
              .formatted(node, MOST_EXPECTED, mean, element));
    }
  }

  @Override
  public String kind() {
    return "PoissonCountEncoder";
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    return BernoulliOperation.dense().memories(input);
  }
}
