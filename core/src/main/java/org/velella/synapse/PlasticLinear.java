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
 * out, in]} and those of the rule; samples do not share what they learn, but the rows of one may.
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
    this(operation(NdArrays.toTensor(weight), 1, rule));
  }

  /**
   * A layer whose weights several rows of a sample share, as the samples of a batch do in the seed:
   * they change by the sum of what each row would change. {@code x}, {@code pre} {@code [N, rows,
   * in]}, {@code post} and the output {@code [N, rows, out]}, {@code reward} {@code [N, rows]}.
   *
   * @param rows how many samples learn together
   * @param weight where the weights start, FLOAT {@code [out, in]}; copied
   * @param rule of any kind
   */
  public PlasticLinear(int rows, INDArray weight, LearningRule rule) {
    this(operation(NdArrays.toTensor(weight), rows, rule));
  }

  private PlasticLinear(PlasticOperation operation) {
    super(operation, memories(operation));
  }

  private static PlasticOperation operation(Tensor weight, int rows, LearningRule rule) {
    if (weight.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "PlasticLinear needs weights [out, in], found shape " + weight.shape());
    }
    Shape out = Shape.of(weight.shape().dim(0));
    Shape in = Shape.of(weight.shape().dim(1));
    return PlasticOperation.of(rows, in, out, weight.copy(), rule);
  }

  static List<NamedMemory> memories(PlasticOperation operation) {
    List<NamedMemory> all = new ArrayList<>();
    operation
        .memories(operation.source())
        .forEach(spec -> all.add(new NamedMemory(spec.name(), MemoryValue.empty())));
    return all;
  }
}
