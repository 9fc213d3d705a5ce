package org.velella.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes by the segments of their paths: a module tree's shape. Children come in the order in which
 * the first of their nodes does.
 */
final class NodeTree {
  private final Map<String, NodeTree> children = new LinkedHashMap<>();
  private Node node;

  private NodeTree() {}

  /** The tree of nodes that are given in execution order. */
  static NodeTree of(List<Node> nodes) {
    NodeTree root = new NodeTree();
    for (Node node : nodes) {
      NodeTree at = root;
      for (String segment : NodePath.split(node.path())) {
        at = at.children.computeIfAbsent(segment, key -> new NodeTree());
      }
      at.node = node;
    }
    return root;
  }

  /** The node that ends here, or null. */
  Node node() {
    return node;
  }

  /** What lies below, by the next segment. */
  Map<String, NodeTree> children() {
    return children;
  }

  /** All nodes, each before what lies below it: the order in which a module tree lists memories. */
  List<Node> nodes() {
    List<Node> all = new ArrayList<>();
    Deque<NodeTree> stack = new ArrayDeque<>(List.of(this));
    while (!stack.isEmpty()) {
      NodeTree tree = stack.pop();
      if (tree.node != null) {
        all.add(tree.node);
      }
      List<NodeTree> below = new ArrayList<>(tree.children.values());
      for (int i = below.size() - 1; i >= 0; i--) {
        stack.push(below.get(i));
      }
    }
    return all;
  }
}
