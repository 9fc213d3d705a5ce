package org.velella.simulate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.velella.encoding.CycleOperation;
import org.velella.network.ParameterPaths.Target;
import org.velella.sweep.Trial;
import org.velella.synapse.DelayOperation;

/** The delays, and the cycles of encoders, that trials set: whole numbers of steps. Immutable. */
final class StepsPoint {
  /** By parameter of the sweep, the delays and encoders whose steps it sets. */
  private final Map<String, List<Target>> targets = new LinkedHashMap<>();

  /**
   * @param all for each parameter of the sweep, what it sets
   */
  StepsPoint(Map<String, List<Target>> all) {
    all.forEach(
        (path, found) -> {
          List<Target> some =
              found.stream()
                  .filter(each -> each instanceof Target.Delay || each instanceof Target.Cycle)
                  .toList();
          if (!some.isEmpty()) {
            targets.put(path, some);
          }
        });
  }

  /** Why the network cannot run with a trial's steps; empty if it can. */
  Optional<String> refusal(Trial trial) {
    for (Map.Entry<String, List<Target>> entry : targets.entrySet()) {
      Double steps = trial.numbers().get(entry.getKey());
      for (Target target : steps == null ? List.<Target>of() : entry.getValue()) {
        Optional<String> refusal = refusal(target, steps);
        if (refusal.isPresent()) {
          return refusal;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> refusal(Target target, double steps) {
    if (target instanceof Target.Delay delay) {
      int kept = ((DelayOperation) delay.node().operation()).kept();
      return steps >= 0 && steps <= kept && steps == Math.rint(steps)
          ? Optional.empty()
          : Optional.of(
              "%s must be a whole number of steps from 0 to %d, found %s"
                  .formatted(target.path(), kept, steps));
    }
    CycleOperation cycle = (CycleOperation) ((Target.Cycle) target).node().operation();
    try {
      cycle.ofSteps(steps == Math.rint(steps) ? (int) steps : 0);
    } catch (IllegalArgumentException e) {
      return Optional.of("%s cannot be %s: %s".formatted(target.path(), steps, e.getMessage()));
    }
    // Where no trial has a cycle that can be, encoders are left as they are.
    return cycle.counting() == CycleOperation.Counting.RUN
        ? Optional.empty()
        : Optional.of(target.path() + " needs an encoder that counts the steps of the run");
  }
}
