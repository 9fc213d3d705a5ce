package org.velella.neuron;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.module.OperationModule;
import org.velella.tensor.NdArrays;

/**
 * Masked parallel spiking neurons ({@code lambda = 1}): each of T steps weighs the last k inputs.
 * Memories: {@code step}, and for k above 1 {@code past}; other than in the seed, sequences read
 * and write them, so that parts of a sequence give what the whole does. A step beyond T is an
 * error.
 *
 * @see MaskedPsnOperation
 * @seed activation_based.neuron.MaskedPSN
 */
public final class MaskedPsn extends OperationModule {
  /**
   * Neurons with trained weights.
   *
   * @param k how many inputs a step sees, from 1 to T
   * @param weight FLOAT {@code [T, T]}: row t weighs the inputs of step t; what k masks is not read
   * @param bias FLOAT of T numbers
   * @throws IllegalArgumentException if shapes or types do not fit, or a number is not finite
   */
  public MaskedPsn(int k, INDArray weight, INDArray bias) {
    super(
        new MaskedPsnOperation(
            k, NdArrays.toTensor(weight).copy(), ParallelModels.vector(NdArrays.toTensor(bias))),
        memories(k));
  }

  private static List<NamedMemory> memories(int k) {
    List<NamedMemory> all = new ArrayList<>();
    all.add(new NamedMemory(MaskedPsnOperation.STEP, MemoryValue.integer(0)));
    if (k > 1) {
      all.add(new NamedMemory(MaskedPsnOperation.PAST, MemoryValue.empty()));
    }
    return all;
  }
}
