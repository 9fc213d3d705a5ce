package org.velella.synapse;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.module.OperationModule;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A {@code Linear} without bias whose weights learn. Inputs: {@code x} {@code [N, in]}, {@code pre}
 * {@code [N, in]}, {@code post} {@code [N, out]}, and for rewarded rules {@code reward} {@code [N,
 * 1]}; output {@code [N, out]}, of the weights before the step. Memories: {@code weight} {@code [N,
 * out, in]} and those of the rule; samples do not share what they learn.
 *
 * <p>Where {@code post} comes from a module behind this one, {@code PlasticContainer} of the room
 * {@code network} holds both.
 *
 * @see PlasticOperation
 */
public final class PlasticLinear extends OperationModule {
  /**
   * A layer.
   *
   * @param weight where the weights start, FLOAT {@code [out, in]}; copied
   */
  public PlasticLinear(INDArray weight, LearningRule rule) {
    this(operation(NdArrays.toTensor(weight), rule));
  }

  private PlasticLinear(PlasticOperation operation) {
    super(operation, memories(operation));
  }

  private static PlasticOperation operation(Tensor weight, LearningRule rule) {
    if (weight.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "PlasticLinear needs weights [out, in], found shape " + weight.shape());
    }
    Shape out = Shape.of(weight.shape().dim(0));
    Shape in = Shape.of(weight.shape().dim(1));
    return new PlasticOperation(in, out, null, weight.copy(), rule);
  }

  static List<NamedMemory> memories(PlasticOperation operation) {
    List<NamedMemory> all = new ArrayList<>();
    operation
        .memories(operation.source())
        .forEach(spec -> all.add(new NamedMemory(spec.name(), MemoryValue.empty())));
    return all;
  }
}
