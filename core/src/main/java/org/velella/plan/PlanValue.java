package org.velella.plan;

import org.velella.tensor.Shape;

/**
 * A buffer between ops: for every step of a chunk and every sample of the tile one array of {@code
 * shape}, laid out {@code [T, N, *shape]}.
 *
 * @param id its number in the plan
 * @param name the node, or {@code node.variable}, that it holds
 * @param shape per sample and step
 */
public record PlanValue(int id, String name, Shape shape) {
  public int size() {
    return shape.size();
  }
}
