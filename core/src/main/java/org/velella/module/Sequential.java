package org.velella.module;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Modules one after the other, named {@code 0}, {@code 1}, …; outputs of one go into the next. */
public class Sequential extends Module {
  public Sequential(Module... modules) {
    for (Module module : modules) {
      append(module);
    }
  }

  /** Adds a module at the end, under its position as name. */
  public final Sequential append(Module module) {
    checkChild(module);
    registerModule(Integer.toString(namedChildren().size()), module);
    return this;
  }

  /** Refuses a child that this container cannot hold; takes all unless overridden. */
  void checkChild(Module module) {
    // Plain sequences hold any module.
  }

  /**
   * {@inheritDoc}
   *
   * <p>If one of the modules fails, the memories of all are what they were before.
   */
  @Override
  public List<INDArray> forward(List<INDArray> inputs) {
    return TreeMemories.atomically(this, () -> chain(inputs));
  }

  /** One module after the other. */
  final List<INDArray> chain(List<INDArray> inputs) {
    List<INDArray> outputs = inputs;
    for (Module module : namedChildren().values()) {
      outputs = module.forward(outputs);
    }
    return outputs;
  }
}
