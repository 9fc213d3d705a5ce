package org.velella.network;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.CycleOperation.Counting;
import org.velella.synapse.DelayOperation;

/**
 * What a network keeps so that samples may have delays, and encoders' cycles, of their own: inputs
 * for as long as the longest delay, and a count of all steps instead of places in a cycle. It makes
 * other memories and never shows in results.
 */
public final class KeptSteps {
  private KeptSteps() {}

  /**
   * How many steps each node that delays keeps, by its name; and, with the length of their own
   * cycle, encoders that count all steps.
   */
  public static SortedMap<String, Integer> of(Network network) {
    SortedMap<String, Integer> kept = new TreeMap<>();
    for (Node node : network.nodes()) {
      if (node.operation() instanceof DelayOperation delay) {
        kept.put(node.name(), delay.kept());
      } else if (node.operation() instanceof CycleOperation cycle
          && cycle.counting() == Counting.RUN) {
        kept.put(node.name(), cycle.steps());
      }
    }
    return kept;
  }

  /**
   * The network with delays that keep so many steps at least, and encoders that count all steps.
   *
   * @param least by name of a node; an encoder only has to be there, and other nodes stay as they
   *     are
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
      } else if (node.operation() instanceof CycleOperation cycle
          && cycle.counting() == Counting.CYCLE
          && least.containsKey(node.name())) {
        same = false;
        builder.node(NodePath.split(node.path()), cycle.counting(Counting.RUN));
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
