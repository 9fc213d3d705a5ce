package org.velella.network;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.synapse.DelayOperation;

/**
 * For how many steps the delays of a network keep their inputs: as long as the longest delay that a
 * sample may have, which makes memories longer and never shows in results.
 */
public final class KeptSteps {
  private KeptSteps() {}

  /** How many steps each node that delays keeps, by its name. */
  public static SortedMap<String, Integer> of(Network network) {
    SortedMap<String, Integer> kept = new TreeMap<>();
    for (Node node : network.nodes()) {
      if (node.operation() instanceof DelayOperation delay) {
        kept.put(node.name(), delay.kept());
      }
    }
    return kept;
  }

  /**
   * The network with delays that keep so many steps at least.
   *
   * @param least by name of a node; nodes that delay nothing stay as they are
   * @throws IllegalArgumentException if a memory would be longer than it may be
   */
  public static Network keeping(Network network, Map<String, Integer> least) {
    boolean same = true;
    Network.Builder builder = Network.builder().firstStep(network.firstStep());
    for (Node node : network.nodes()) {
      if (node.operation() instanceof DelayOperation delay) {
        DelayOperation longer = delay.keeping(least.getOrDefault(node.name(), 0));
        same &= longer.kept() == delay.kept();
        builder.node(NodePath.split(node.path()), longer);
      } else {
        builder.node(NodePath.split(node.path()), node.operation());
      }
    }
    if (same) {
      return network;
    }
    network.edges().forEach(builder::edge);
    return builder.build();
  }
}
