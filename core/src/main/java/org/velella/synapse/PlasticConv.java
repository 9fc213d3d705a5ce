package org.velella.synapse;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.OperationModule;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;

/**
 * A {@code Conv1d} or {@code Conv2d} without bias whose kernel learns by {@link StdpRule}. Inputs:
 * {@code x} and {@code pre} {@code [N, in, *]}, {@code post} {@code [N, out, *]}; output {@code [N,
 * out, *]}, of the kernel before the step. Memories: {@code weight} {@code [N, out, in, *]}, {@code
 * trace_pre} and {@code trace_post}; samples do not share what they learn, but the rows of one may.
 *
 * <p>Where {@code post} comes from a module behind this one, {@code PlasticContainer} of the room
 * {@code network} holds both.
 *
 * @see PlasticOperation
 */
public final class PlasticConv extends OperationModule {
  /**
   * A layer.
   *
   * @param source the shape of one step of a sample, {@code [in, *]}, or {@code [B, in, *]}: B rows
   *     that share the weights, with a first axis of {@code post} and of the output as long
   * @param weight where the kernel starts, FLOAT {@code [out, in, *]}; copied
   */
  public PlasticConv(Shape source, INDArray weight, PlasticWindow window, LearningRule rule) {
    this(PlasticOperation.of(source, window, NdArrays.toTensor(weight).copy(), rule));
  }

  private PlasticConv(PlasticOperation operation) {
    super(operation, PlasticLinear.memories(operation));
  }
}
