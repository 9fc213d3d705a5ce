package org.velella.layer;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.MemoryValue;
import org.velella.module.ModuleError;
import org.velella.module.ModuleException;
import org.velella.module.Operation;
import org.velella.module.OperationModule;
import org.velella.module.StepMode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** A stateless layer as a module: checks the rank of its input, which a step mode fixes. */
abstract class LayerModule extends OperationModule {
  private final List<String> layouts;

  /**
   * A layer.
   *
   * @param layouts the axes of one step that it can take, such as {@code "N, C, L"}; none if any
   *     rank will do
   */
  LayerModule(Operation operation, String... layouts) {
    super(operation);
    this.layouts = List.of(layouts);
  }

  @Override
  public final List<MemoryValue> materialize(
      List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
    if (inputs.size() == 1) {
      requireRank(NdArrays.shape(inputs.get(0)), mode);
    }
    return super.materialize(inputs, memories, mode);
  }

  private void requireRank(Shape input, StepMode mode) {
    List<String> expected = new ArrayList<>();
    for (String layout : layouts) {
      String axes = mode == StepMode.MULTI_STEP ? "T, " + layout : layout;
      if (axes.split(",").length == input.rank()) {
        return;
      }
      expected.add("[" + axes + "]");
    }
    if (!expected.isEmpty()) {
      throw new ModuleException(
          ModuleError.INPUT_SHAPE,
          "expected x with shape %s, but got x with shape %s!"
              .formatted(String.join(" or ", expected), input));
    }
  }

  /** A heap copy of weights. */
  static Tensor tensor(INDArray weights) {
    return NdArrays.toTensor(weights);
  }
}
