package org.velella.network;

import java.util.Objects;
import org.velella.module.Operation;

/**
 * One node of a network.
 *
 * @param name unique in the network; any text, and where it holds a dot it is quoted in paths
 */
public record Node(String name, Operation operation) {
  public Node {
    Objects.requireNonNull(operation, "operation");
    if (name.isEmpty() || name.indexOf('\'') >= 0) {
      throw new NetworkException(
          "Node name \"" + name + "\" is empty or holds a quote, which paths could not express");
    }
  }

  /** The name as it stands in a dotted path: quoted if it holds a dot itself. */
  public String path() {
    return name.indexOf('.') >= 0 ? "'" + name + "'" : name;
  }
}
