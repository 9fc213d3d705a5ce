package org.velella.network;

/**
 * A connection from one node's output to another's input, by name.
 *
 * @param input which of the target's inputs, if it has several; empty if it has one
 */
public record Edge(String source, String target, String input) {
  /** A connection to the only input of a node. */
  public Edge(String source, String target) {
    this(source, target, "");
  }

  /** The same connection between other nodes. */
  public Edge between(String otherSource, String otherTarget) {
    return new Edge(otherSource, otherTarget, input);
  }

  @Override
  public String toString() {
    return source + " -> " + target + (input.isEmpty() ? "" : ", input " + input);
  }
}
