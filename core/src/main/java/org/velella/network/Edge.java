package org.velella.network;

/** A connection from one node's output to another's input, by name. */
public record Edge(String source, String target) {
  @Override
  public String toString() {
    return source + " -> " + target;
  }
}
