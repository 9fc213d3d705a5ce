package org.velella.module;

import java.util.Map;
import org.velella.tensor.Shape;

/**
 * STUB, completed by the module room's author: a user's module, rebuilt from class name and
 * arguments.
 */
public record HostOperation(String className, Map<String, String> arguments) implements Operation {
  @Override
  public String kind() {
    return className;
  }

  @Override
  public Shape outputShape(Shape input) {
    throw new UnsupportedOperationException();
  }
}
