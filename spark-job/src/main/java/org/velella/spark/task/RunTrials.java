package org.velella.spark.task;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.velella.network.Network;
import org.velella.simulate.ParameterBinding;
import org.velella.simulate.Stimulus;
import org.velella.spark.frame.ResultColumns;
import org.velella.sweep.Parameter;
import org.velella.sweep.SweepLayout;
import org.velella.sweep.Trial;
import org.velella.sweep.TrialList;

/** The trials of a run and what they mean; a run that is no sweep has one, with the id 0. */
final class RunTrials {
  private final Trial only;

  /** Null in a run that is no sweep, as is the layout. */
  private final TrialList list;

  private final SweepLayout layout;
  private final ParameterBinding binding;

  /** Null if the input is read. */
  private final RangeRows.Computed computed;

  RunTrials(TaskSpec spec, Network network) {
    TaskSweep sweep = spec.sweep();
    only = new Trial(0, 0, spec.seed(), new TreeMap<>(), new TreeMap<>());
    list = sweep == null ? null : sweep.trials();
    layout = sweep == null ? null : sweep.layout(list);
    Stimulus stimulus = spec.stimulus().isEmpty() ? null : Stimulus.parse(spec.stimulus());
    binding = new ParameterBinding(network, parameters(), stimulus);
    computed =
        stimulus == null ? null : new RangeRows.Computed(stimulus, network.inputSize(), spec.dt());
  }

  /** What trials may set; nothing in a run that is no sweep. */
  List<Parameter> parameters() {
    return list == null ? List.of() : list.parameters();
  }

  /** The columns of the results. */
  ResultColumns columns() {
    return list == null ? ResultColumns.plain() : ResultColumns.of(list.parameters());
  }

  /** The trials of a range. */
  List<Trial> of(int range) {
    if (list == null) {
      return List.of(only);
    }
    List<Trial> trials = new ArrayList<>();
    for (long place = layout.firstTrial(range); place < layout.endTrial(range); place++) {
      trials.add(list.trial(place));
    }
    return trials;
  }

  /** The elements of the batch that a range's input makes with the range's trials. */
  RangeRows rows(RangeInput input) {
    return new RangeRows(input, of(input.range()), binding, computed);
  }
}
