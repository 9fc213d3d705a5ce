package org.velella.synapse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the synapses of a {@link PlasticOperation} learn from the spikes at their two ends. All rules
 * are those of one step: {@code x} is 1 where a spike reaches the synapse, {@code s} where its
 * target fires, and time constants are steps. Spikes of other sizes count by their size.
 *
 * <p>The order of operations is that of {@code core/docs/NUMERICS.md}, all of it float32.
 */
public sealed interface LearningRule permits PairRule, TripletStdpRule {
  /** The name of the rule in files. */
  String kind();

  /** Its numbers by their names in files, in the order of those. */
  Map<String, Float> numbers();

  /** Between which numbers weights stay. */
  WeightBounds bounds();

  /** Whether it needs a reward for each step. */
  default boolean rewarded() {
    return false;
  }

  /** Names of its memories of one number for each source, beside {@code trace_pre}. */
  default List<String> sourceMemories() {
    return List.of();
  }

  /** Names of its memories of one number for each target, beside {@code trace_post}. */
  default List<String> targetMemories() {
    return List.of();
  }

  /** Names of its memories of one number for each synapse, beside {@code weight}. */
  default List<String> synapseMemories() {
    return List.of();
  }

  /**
   * The same rule with other numbers.
   *
   * @param changed numbers by name; those that are left out stay
   * @throws IllegalArgumentException if it has no such number, or a number cannot be
   */
  default LearningRule with(Map<String, Float> changed) {
    Map<String, Float> all = new TreeMap<>(numbers());
    all.putAll(changed);
    return of(kind(), all);
  }

  /** The names that {@link #of} knows. */
  static List<String> kinds() {
    return List.of(
        StdpRule.KIND,
        MstdpRule.KIND,
        MstdpetRule.KIND,
        TripletStdpRule.KIND,
        TripletStdpRule.NEAREST_KIND);
  }

  /** The rule of a name with the numbers that it has if no others are given. */
  private static LearningRule usual(String kind) {
    return switch (kind) {
      case StdpRule.KIND -> StdpRule.of(20, 20);
      case MstdpRule.KIND -> MstdpRule.of(20, 20);
      case MstdpetRule.KIND -> MstdpetRule.of(20, 20, 20);
      case TripletStdpRule.KIND -> TripletStdpRule.VISUAL_CORTEX;
      case TripletStdpRule.NEAREST_KIND -> TripletStdpRule.NEAREST_VISUAL_CORTEX;
      default ->
          throw new IllegalArgumentException(
              "There is no learning rule '%s'; there are %s".formatted(kind, kinds()));
    };
  }

  /**
   * A rule as files say it.
   *
   * @param kind one of {@link #kinds()}
   * @param given numbers by name; what is left out has the value of the rule's own defaults
   * @throws IllegalArgumentException if there is no such rule, it has no such number, or a number
   *     cannot be
   */
  static LearningRule of(String kind, Map<String, Float> given) {
    Map<String, Float> all = usual(kind).numbers();
    Set<String> unknown = new TreeSet<>(given.keySet());
    unknown.removeAll(all.keySet());
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Learning rule '%s' has no %s; there are %s"
              .formatted(kind, new ArrayList<>(unknown), new ArrayList<>(all.keySet())));
    }
    all.putAll(given);
    return switch (kind) {
      case StdpRule.KIND -> StdpRule.of(all);
      case MstdpRule.KIND -> MstdpRule.of(all);
      case MstdpetRule.KIND -> MstdpetRule.of(all);
      default -> TripletStdpRule.of(kind, all);
    };
  }
}
