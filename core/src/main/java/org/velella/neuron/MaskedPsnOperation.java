package org.velella.neuron;

import java.util.List;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Masked parallel spiking neurons: each of T steps has weights of its own for the last k inputs.
 * {@code h[t] = sum over j of weight[t, j] * x[j]}, j from {@code t - k + 1}, but not below 0, to
 * t, ascending from +0 with one fused multiply-add per term, {@code + bias[t]}; it fires where h is
 * not negative.
 *
 * <p>Memories: {@code step}, how many steps have run, and for k above 1 {@code past}, the last k -
 * 1 inputs, the oldest first.
 *
 * @param k how many inputs a step sees, from 1 to T
 * @param weight FLOAT32 {@code [T, T]}, of which only those k are read
 * @param bias FLOAT32 {@code [T]}
 */
public record MaskedPsnOperation(int k, Tensor weight, Tensor bias) implements Operation {
  /** The memory that counts steps. */
  public static final String STEP = "step";

  /** The memory of inputs. */
  public static final String PAST = "past";

  private static final String KIND = "MaskedPSN";

  public MaskedPsnOperation {
    PsnChecks.require(KIND, weight, bias);
    if (k < 1 || k > bias.size()) {
      throw new IllegalArgumentException(
          "%s of %d steps must see 1 to %2$d inputs, found k = %d".formatted(KIND, bias.size(), k));
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public boolean spikes() {
    return true;
  }

  @Override
  public long mostSteps() {
    return bias.size();
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    MemorySpec step = MemorySpec.counter(STEP, bias.size());
    if (k == 1) {
      return List.of(step);
    }
    Tensor nothing = Tensor.zeros(DType.FLOAT32, input.prepend(k - 1));
    return List.of(step, new MemorySpec(PAST, MemoryScope.PER_SAMPLE, nothing));
  }
}
