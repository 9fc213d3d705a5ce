package org.velella.synapse;

import java.util.List;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A sparse projection whose synapses have a weight and a delay each. What source k sends at step t
 * reaches its target o at step t + d of their synapse: {@code y[t, o]} is the sum of {@code w[k, o]
 * * x[t - d, k]} from +0 with one fused multiply-add per term, what was sent first coming first, of
 * one step in ascending order of the sources, then {@code + 0.0f}. An input of 0 sends nothing.
 *
 * <p>Memory: {@code pending}, what is on its way to arrive in 1 to D steps, summed so far, {@code
 * [D, *target]}, where D is the longest delay.
 *
 * @param source the shape of the population that it reads, flattened row-major
 * @param target the shape of the population that it writes
 * @param weight float32, one per synapse, in the order of the connectivity
 * @param steps d, INT32, one per synapse, from 0 on; one at least must be above 0
 */
public record DelayedSparseOperation(
    Shape source, Shape target, Connectivity connectivity, Tensor weight, Tensor steps)
    implements Operation {
  /** The memory's name. */
  public static final String PENDING = "pending";

  /** Most numbers of {@code pending} per sample: 1 GiB of them. */
  private static final int MOST_NUMBERS = 1 << 28;

  private static final String KIND = "DelayedProjection";

  public DelayedSparseOperation {
    // Its checks of populations and weights are those of this one.
    new SparseOperation(source, target, connectivity, weight);
    if (steps.dtype() != DType.INT32 || !steps.shape().equals(Shape.of(connectivity.synapses()))) {
      throw new IllegalArgumentException(
          "%s needs one INT32 delay for each of %s, found %s %s"
              .formatted(KIND, connectivity, steps.dtype(), steps.shape()));
    }
    int longest = 0;
    for (int e = 0; e < steps.size(); e++) {
      int each = steps.ints()[e];
      if (each < 0 || each > DelayOperation.MOST_STEPS) {
        throw new IllegalArgumentException(
            "%s must delay by 0 to %d steps, found %d at synapse %d"
                .formatted(KIND, DelayOperation.MOST_STEPS, each, e));
      }
      longest = Math.max(longest, each);
    }
    if (longest == 0) {
      throw new IllegalArgumentException(
          KIND + " needs a delay of at least one step; take a SparseProjection for none");
    }
    long numbers = (long) longest * target.size();
    if (numbers > MOST_NUMBERS) {
      throw new IllegalArgumentException(
          "%s of up to %d steps keeps %d numbers per sample for targets of shape %s, at most %d are allowed; shorten it"
              .formatted(KIND, longest, numbers, target, MOST_NUMBERS));
    }
  }

  /** D, the longest delay. */
  public int longest() {
    int longest = 0;
    for (int each : steps.ints()) {
      longest = Math.max(longest, each);
    }
    return longest;
  }

  /** Whether a synapse delivers at the step at which it is sent to. */
  public boolean deliversAtOnce() {
    for (int each : steps.ints()) {
      if (each == 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Populations.outputShape(KIND, source, target, input);
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    Tensor silence = Tensor.zeros(DType.FLOAT32, target.prepend(longest()));
    return List.of(new MemorySpec(PENDING, MemoryScope.PER_SAMPLE, silence));
  }
}
