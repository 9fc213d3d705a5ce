package org.velella.encoding;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.module.OperationModule;
import org.velella.tensor.NdArrays;

/**
 * Repeats given spikes, the same for every sample, whatever its input is. Input {@code [N, *]},
 * output of the same shape. Memory: {@code t} (the place in the cycle).
 *
 * @seed activation_based.encoding.PeriodicEncoder
 */
public final class PeriodicEncoder extends OperationModule {
  /**
   * An encoder.
   *
   * @param pattern FLOAT {@code [T, *]} of zeros and ones; copied
   */
  public PeriodicEncoder(INDArray pattern) {
    super(
        new PeriodicOperation(NdArrays.toTensor(pattern)),
        List.of(new NamedMemory(CycleOperation.PLACE, MemoryValue.integer(0))));
  }
}
