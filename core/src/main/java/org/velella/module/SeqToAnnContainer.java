package org.velella.module;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs stateless single-step modules over a sequence {@code [T, N, *]} at once, as {@code T * N}
 * samples. {@link Modules#setStepMode} leaves the modules inside single-step.
 */
public final class SeqToAnnContainer extends Sequential implements MultiStepModule {
  /**
   * The container.
   *
   * @throws ModuleException {@link ModuleError#STEP_MODE} if a module is in multi-step mode
   */
  public SeqToAnnContainer(Module... modules) {
    super(modules);
  }

  @Override
  void checkChild(Module module) {
    Modules.requireSingleStep(this, module);
  }

  @Override
  protected boolean keepsChildStepModes() {
    return true;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ModuleException as {@link Modules#seqToAnnForward}; {@link ModuleError#STEP_MODE} if a
   *     module was switched to multi-step
   */
  @Override
  public List<INDArray> forward(List<INDArray> inputs) {
    namedChildren().values().forEach(this::checkChild);
    return Modules.seqToAnnForward(inputs, this, this::chain);
  }
}
