package org.velella.module;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
   *
   * @throws ModuleException {@link ModuleError#TOO_DEEP} if the modules call each other deeper than
   *     the stack, which plain sequences inside sequences never do, or a sequence holds itself
   */
  @Override
  public List<INDArray> forward(List<INDArray> inputs) {
    return TreeMemories.atomically(this, () -> chain(inputs));
  }

  /** One module after the other; plain sequences inside are walked without recursion. */
  final List<INDArray> chain(List<INDArray> inputs) {
    List<INDArray> outputs = inputs;
    Map<Module, Iterator<Module>> open = new IdentityHashMap<>();
    Deque<Module> path = new ArrayDeque<>();
    open(this, path, open);
    while (!path.isEmpty()) {
      Iterator<Module> rest = open.get(path.peek());
      if (!rest.hasNext()) {
        open.remove(path.pop());
        continue;
      }
      Module module = rest.next();
      if (module.getClass() == Sequential.class) {
        open(module, path, open);
      } else {
        outputs = module.forward(outputs);
      }
    }
    return outputs;
  }

  private static void open(
      Module sequence, Deque<Module> path, Map<Module, Iterator<Module>> open) {
    Iterator<Module> children = sequence.namedChildren().values().iterator();
    if (open.putIfAbsent(sequence, children) != null) {
      throw new ModuleException(
          ModuleError.TOO_DEEP,
          "A " + sequence.typeName() + " holds itself, so its forward would never end");
    }
    path.push(sequence);
  }
}
