package org.velella.network;

import java.util.List;
import java.util.Objects;
import org.velella.module.Operation;

/**
 * One node of a network.
 *
 * @param name unique in the network; any text. A node of a nested graph or module tree is named by
 *     its segments with dots between them
 * @param path the name as it stands in dotted paths, with segments quoted where they must be
 */
public record Node(String name, String path, Operation operation) {
  public Node {
    Objects.requireNonNull(operation, "operation");
    if (name.isEmpty()) {
      throw new NetworkException("A node's name is empty");
    }
    List<String> segments = NodePath.split(path);
    if (!String.join(".", segments).equals(name) || !NodePath.join(segments).equals(path)) {
      throw new NetworkException("Path " + path + " is not that of a node named '" + name + "'");
    }
  }

  /** A node at the top of the network. */
  public Node(String name, Operation operation) {
    this(name, NodePath.quote(name), operation);
  }

  /** A node inside nested graphs or modules: their names, then its own. */
  static Node at(List<String> segments, Operation operation) {
    return new Node(String.join(".", segments), NodePath.join(segments), operation);
  }
}
