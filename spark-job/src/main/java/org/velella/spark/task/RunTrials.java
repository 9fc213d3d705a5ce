package org.velella.spark.task;

import org.velella.network.Network;
import org.velella.simulate.ParameterBinding;
import org.velella.simulate.Stimulus;

/** The trials of a run and what they mean. */
final class RunTrials {
  private final RangeTrials ranges;
  private final ParameterBinding binding;

  /** Null if the input is read. */
  private final RangeRows.Computed computed;

  RunTrials(TaskSpec spec, Network network) {
    ranges = new RangeTrials(spec.sweep(), spec.seed());
    Stimulus stimulus = spec.stimulus().isEmpty() ? null : Stimulus.parse(spec.stimulus());
    binding = new ParameterBinding(network, ranges.parameters(), stimulus);
    computed =
        stimulus == null ? null : new RangeRows.Computed(stimulus, network.inputSize(), spec.dt());
  }

  /** Which trials the ranges hold. */
  RangeTrials ofRanges() {
    return ranges;
  }

  /** The elements of the batch that a range's input makes with the range's trials. */
  RangeRows rows(RangeInput input) {
    return new RangeRows(input, ranges.of(input.range()), binding, computed);
  }
}
