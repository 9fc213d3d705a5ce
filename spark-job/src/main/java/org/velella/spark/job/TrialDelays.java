package org.velella.spark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.encoding.CycleOperation;
import org.velella.network.KeptSteps;
import org.velella.network.Network;
import org.velella.network.ParameterPaths;
import org.velella.network.ParameterPaths.Target;
import org.velella.sweep.Parameter;
import org.velella.sweep.Trial;
import org.velella.sweep.TrialList;
import org.velella.synapse.DelayOperation;

/**
 * The delays, and the cycles of encoders, that trials of a sweep set for themselves, and what a
 * network keeps for that.
 */
final class TrialDelays {
  private TrialDelays() {}

  /** A network as the sweep in a directory has it; as it is if there is no sweep. */
  static Network ofRun(Network network, RunDirectory directory) {
    return directory.hasRun() && directory.spec().sweep().isPresent()
        ? KeptSteps.keeping(network, KeptSteps.of(directory.network()))
        : network;
  }

  /**
   * A network that keeps inputs as long as the longest delay of a trial, and counts steps where
   * trials set cycles. What is no delay counts for nothing: it fails the trial.
   *
   * @param network as {@link #ofRun} gives it
   * @throws UsageException if a sweep is there that keeps less
   */
  static Network kept(Network network, TrialList trials, RunDirectory directory) {
    SortedMap<String, Integer> longest = longest(network, trials);
    if (directory.hasRun()) {
      SortedMap<String, Integer> kept = KeptSteps.of(network);
      for (String node : longest.keySet()) {
        boolean encodes = network.node(node).operation() instanceof CycleOperation;
        if (encodes && !kept.containsKey(node)) {
          throw new UsageException(
              "A trial sets the cycle of %s, which all trials of the sweep in %s share since it began; run trials with other cycles as a sweep of their own"
                  .formatted(node, directory.location()));
        }
        if (!encodes) {
          requireKept(node, longest.get(node), kept.get(node), directory);
        }
      }
    }
    return KeptSteps.keeping(network, longest);
  }

  private static void requireKept(String node, int steps, int kept, RunDirectory directory) {
    if (steps > kept) {
      throw new UsageException(
          "A trial delays %s by %d steps, and the states of the sweep in %s keep %d, the longest delay that it began with; run trials with longer delays as a sweep of their own"
              .formatted(node, steps, directory.location(), kept));
    }
  }

  /** The longest delay, or cycle, that a trial sets, by name of a node. */
  private static SortedMap<String, Integer> longest(Network network, TrialList trials) {
    ParameterPaths paths = new ParameterPaths(network);
    Map<String, List<String>> nodes = new TreeMap<>();
    for (Parameter parameter : trials.parameters()) {
      if (mayBeDelay(parameter)) {
        nodes.put(parameter.path(), delays(paths, parameter.path()));
      }
    }
    nodes.values().removeIf(List::isEmpty);
    SortedMap<String, Integer> longest = new TreeMap<>();
    for (long place = 0; !nodes.isEmpty() && place < trials.count(); place++) {
      Trial trial = trials.trial(place);
      nodes.forEach(
          (path, names) -> {
            Double steps = trial.numbers().get(path);
            if (steps != null && steps >= 0 && steps <= DelayOperation.MOST_STEPS) {
              names.forEach(name -> longest.merge(name, steps.intValue(), Math::max));
            }
          });
    }
    return longest;
  }

  private static boolean mayBeDelay(Parameter parameter) {
    return parameter.isNumber() && parameter.path().endsWith("." + DelayOperation.STEPS);
  }

  private static List<String> delays(ParameterPaths paths, String pattern) {
    List<String> names = new ArrayList<>();
    for (Target target : paths.find(pattern)) {
      if (target instanceof Target.Delay delay) {
        names.add(delay.node().name());
      } else if (target instanceof Target.Cycle cycle) {
        names.add(cycle.node().name());
      }
    }
    return names;
  }
}
