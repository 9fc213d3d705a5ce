package org.velella.module;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;

/** How the engine steps a user's module. */
public final class HostSteps {
  private HostSteps() {}

  /**
   * The mode in which a module will be run: whole sequences where a module without children
   * supports that, else as the module was built.
   *
   * @throws ModuleException {@link ModuleError#STEP_MODE} if modules inside differ in their mode
   */
  public static StepMode prepare(Module module) {
    if (module instanceof StepModule root) {
      boolean leaf = module.namedChildren().isEmpty();
      if (leaf && root.supportedStepModes().contains(StepMode.MULTI_STEP)) {
        root.setStepMode(StepMode.MULTI_STEP);
      }
      return root.stepMode();
    }
    StepMode mode = null;
    for (ModuleTree.Visit visit :
        ModuleTree.walk(module, inner -> inner == module || !inner.keepsChildStepModes())) {
      if (visit.module() instanceof StepModule inner) {
        if (mode != null && inner.stepMode() != mode) {
          throw new ModuleException(
              ModuleError.STEP_MODE,
              "%s holds modules of both step modes; '%s' differs. Wrap single-step modules in a"
                      .formatted(module.typeName(), visit.path(""))
                  + " MultiStepContainer");
        }
        mode = inner.stepMode();
      }
    }
    return mode == null ? StepMode.SINGLE_STEP : mode;
  }

  /**
   * The shape of the only output.
   *
   * @param who gave it, for the message
   * @throws ModuleException {@link ModuleError#OUTPUT_COUNT} if there is not exactly one output, or
   *     {@link ModuleError#OUTPUTS_DIFFER} if it is not FLOAT
   */
  public static Shape requireFloat(List<INDArray> outputs, String who) {
    INDArray output = Steps.single(outputs, who);
    if (NdArrays.dtype(output) != DType.FLOAT32) {
      throw new ModuleException(
          ModuleError.OUTPUTS_DIFFER,
          "%s gave %s, but the engine carries FLOAT; convert the output with castTo"
              .formatted(who, output.dataType()));
    }
    return NdArrays.shape(output);
  }
}
