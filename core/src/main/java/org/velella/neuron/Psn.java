package org.velella.neuron;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.OperationModule;
import org.velella.module.StepMode;
import org.velella.tensor.NdArrays;

/**
 * Parallel spiking neurons, which see T steps at a time. Input {@code [T, N, *]}, or a multiple of
 * T steps, which are then sequences of T one after the other. Multi-step mode only; no memories.
 *
 * @see PsnOperation
 * @seed activation_based.neuron.PSN
 */
public final class Psn extends OperationModule {
  /**
   * Neurons with trained weights.
   *
   * @param weight FLOAT {@code [T, T]}: row t weighs the inputs of step t
   * @param bias FLOAT of T numbers
   * @throws IllegalArgumentException if shapes or types do not fit, or a number is not finite
   */
  public Psn(INDArray weight, INDArray bias) {
    super(
        new PsnOperation(
            NdArrays.toTensor(weight).copy(), ParallelModels.vector(NdArrays.toTensor(bias))),
        List.of());
  }

  @Override
  public Set<StepMode> supportedStepModes() {
    return EnumSet.of(StepMode.MULTI_STEP);
  }
}
