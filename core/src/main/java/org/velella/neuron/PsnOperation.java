package org.velella.neuron;

import org.velella.module.Operation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Parallel spiking neurons: T steps at a time, each of which sees all of them. {@code h[t] = sum
 * over j of weight[t, j] * x[j]}, j ascending from +0 with one fused multiply-add per term, {@code
 * + bias[t]}; it fires where h is not negative. They remember nothing from T steps to the next T.
 *
 * @param weight FLOAT32 {@code [T, T]}
 * @param bias FLOAT32 {@code [T]}
 */
public record PsnOperation(Tensor weight, Tensor bias) implements Operation {
  private static final String KIND = "PSN";

  public PsnOperation {
    PsnChecks.require(KIND, weight, bias);
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
  public int stepsAtOnce() {
    return bias.size();
  }
}
