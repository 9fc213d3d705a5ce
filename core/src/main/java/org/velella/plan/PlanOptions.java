package org.velella.plan;

import java.util.Set;

/**
 * What to lower a network for.
 *
 * @param batch samples of a tile
 * @param visibleNodes nodes whose output the caller reads, besides the Output nodes
 * @param variables neuron variables to record, as {@code path.variable}, such as {@code lif.v}
 * @param scaledNodes nodes whose weights are scaled per sample, by name
 * @param readNodes nodes of which the caller reads what their sources send, by name
 */
public record PlanOptions(
    int batch,
    Set<String> visibleNodes,
    Set<String> variables,
    Set<String> scaledNodes,
    Set<String> readNodes) {
  public PlanOptions {
    if (batch < 1) {
      throw new IllegalArgumentException("A tile needs at least 1 sample, found " + batch);
    }
    visibleNodes = Set.copyOf(visibleNodes);
    variables = Set.copyOf(variables);
    scaledNodes = Set.copyOf(scaledNodes);
    readNodes = Set.copyOf(readNodes);
  }

  /** With weights as they are. */
  public PlanOptions(int batch, Set<String> visibleNodes, Set<String> variables) {
    this(batch, visibleNodes, variables, Set.of(), Set.of());
  }

  /** A tile of {@code batch} samples with nothing recorded. */
  public static PlanOptions ofBatch(int batch) {
    return new PlanOptions(batch, Set.of(), Set.of());
  }
}
