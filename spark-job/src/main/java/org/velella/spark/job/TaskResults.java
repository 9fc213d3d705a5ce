package org.velella.spark.job;

import java.util.List;
import org.velella.spark.task.SaveCost;
import org.velella.spark.task.SimulateTiles;

/** Tells what the tasks of a run have returned: nothing that a run's results depend on. */
final class TaskResults {
  private final long targetSteps;
  private final RunListener listener;
  private String unreached = "";

  /**
   * @param targetSteps steps that the tasks go to
   */
  TaskResults(long targetSteps, RunListener listener) {
    this.targetSteps = targetSteps;
    this.listener = listener;
  }

  /** Tells of one job's. */
  void take(List<long[]> results, RunTeller teller, Spending spent) {
    teller.cost(SaveCost.sum(results));
    if (SimulateTiles.haveStopped(results)) {
      spent.tasksHaveStopped();
    }
    long events = SimulateTiles.unreachedEvents(results);
    if (events > 0) {
      String told =
          "%d events lie at step %d or later and were not reached".formatted(events, targetSteps);
      unreached = "; of what this call has simulated, " + told;
      listener.message(told);
    }
    SimulateTiles.fallBacks(results).ifPresent(listener::message);
  }

  /** How much of what was simulated was not reached, as more of a sentence; empty if nothing. */
  String unreached() {
    return unreached;
  }
}
