package org.velella.spark.task;

import java.util.List;
import java.util.TreeMap;
import org.velella.simulate.OutputMetrics;
import org.velella.spark.frame.ResultColumns;
import org.velella.sweep.Parameter;
import org.velella.sweep.SweepLayout;
import org.velella.sweep.Trial;
import org.velella.sweep.TrialList;

/** Which trials the ranges of a run hold; a run that is no sweep has one, with the id 0. */
public final class RangeTrials {
  private final Trial only;

  /** Null in a run that is no sweep, as is the layout. */
  private final TrialList list;

  private final SweepLayout layout;
  private final OutputMetrics metrics;

  /**
   * @param sweep null in a run that is no sweep
   * @param seed of the run
   * @param metrics of the run
   */
  public RangeTrials(TaskSweep sweep, long seed, OutputMetrics metrics) {
    this.metrics = metrics;
    only = new Trial(0, 0, seed, new TreeMap<>(), new TreeMap<>());
    list = sweep == null ? null : sweep.trials();
    layout = sweep == null ? null : sweep.layout(list);
  }

  /** What trials may set; nothing in a run that is no sweep. */
  List<Parameter> parameters() {
    return list == null ? List.of() : list.parameters();
  }

  /** The columns of the results. */
  ResultColumns columns() {
    return list == null
        ? ResultColumns.plain(metrics)
        : ResultColumns.of(list.parameters(), metrics);
  }

  /** The trials of a range. */
  List<Trial> of(int range) {
    if (list == null) {
      return List.of(only);
    }
    return list.trials(layout.firstTrial(range), layout.endTrial(range));
  }
}
