package org.velella.spark.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.velella.module.Samples;
import org.velella.plan.TileParameters;
import org.velella.simulate.ComputedInput;
import org.velella.simulate.ParameterBinding;
import org.velella.simulate.Stimulus;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.spark.frame.FailureReason;
import org.velella.spark.frame.SampleInput;
import org.velella.sweep.Trial;
import org.velella.sweep.Trials;

/**
 * The elements of the batch that a range holds: every sample of its input for every one of its
 * trials that can be run, the first trial's samples first.
 */
final class RangeRows {
  private final RangeInput input;
  private final RunTrials run;

  /** Not changed once the rows are made. */
  private final List<Trial> trials;

  private final List<RangeInput.Failure> failures = new ArrayList<>();

  /** Which of all samples of all trials these are, counted trial by trial; ascending. */
  private final int[] places;

  /** Of all rows, of which these are some; null if it is read. */
  private final ComputedInput computed;

  /**
   * Input that is computed.
   *
   * @param width input elements of the network
   * @param dt seconds per step
   */
  record Computed(Stimulus stimulus, int width, double dt) {}

  /**
   * @param trials that run on the input
   * @param run what they mean
   */
  RangeRows(RangeInput input, List<Trial> trials, RunTrials run) {
    this.input = input;
    this.run = run;
    this.trials = new ArrayList<>();
    Map<Long, String> refusals = refusals(trials, run);
    for (Trial trial : trials) {
      String refusal = refusals.get(trial.id());
      if (refusal == null) {
        this.trials.add(trial);
        for (RangeInput.Failure failure : input.failures()) {
          failures.add(failure.of(trial.id()));
        }
      } else {
        failures.add(
            new RangeInput.Failure(trial.id(), null, FailureReason.INVALID_PARAMETERS, refusal));
      }
    }
    places = IntStream.range(0, this.trials.size() * input.samples().size()).toArray();
    computed = run.computed() == null ? null : computed(run.computed());
  }

  /** Why trials cannot be run, by their ids; looked at network by network, as few are kept. */
  private static Map<Long, String> refusals(List<Trial> trials, RunTrials run) {
    Map<Long, String> refusals = new HashMap<>();
    trials.stream()
        .collect(Collectors.groupingBy(RunTrials::name))
        .values()
        .forEach(
            same ->
                same.forEach(
                    trial ->
                        run.refusal(trial)
                            .ifPresent(refusal -> refusals.put(trial.id(), refusal))));
    return refusals;
  }

  /** Some rows of others; failures stay with those. */
  private RangeRows(RangeRows all, int[] places) {
    input = all.input;
    run = all.run;
    trials = all.trials;
    computed = all.computed;
    this.places = places;
  }

  /** These rows but for some, by their numbers among these. */
  RangeRows without(Set<Integer> rows) {
    return new RangeRows(
        this,
        IntStream.range(0, size())
            .filter(row -> !rows.contains(row))
            .map(row -> places[row])
            .toArray());
  }

  /** Some of these rows, by their numbers among these, ascending. */
  RangeRows select(int[] rows) {
    return new RangeRows(this, Arrays.stream(rows).map(row -> places[row]).toArray());
  }

  /** Those of these rows that stand, in the same order, among some trials and samples. */
  RangeRows only(long[] trialIds, long[] sampleIds) {
    IntStream.Builder found = IntStream.builder();
    int at = 0;
    for (int row = 0; row < size() && at < sampleIds.length; row++) {
      if (sample(row).sampleId() == sampleIds[at] && trial(row).id() == trialIds[at]) {
        found.add(places[row]);
        at++;
      }
    }
    return new RangeRows(this, found.build().toArray());
  }

  int size() {
    return places.length;
  }

  /** Which of all samples of all trials a row is, counted trial by trial. */
  int place(int row) {
    return places[row];
  }

  /** What cannot be run, trial by trial. */
  List<RangeInput.Failure> failures() {
    return Collections.unmodifiableList(failures);
  }

  /** The trial of a row. */
  private Trial trial(int row) {
    return trials.get(places[row] / input.samples().size());
  }

  private SampleInput sample(int row) {
    return input.samples().get(places[row] % input.samples().size());
  }

  private List<Trial> trials(int from, int to) {
    List<Trial> rows = new ArrayList<>();
    for (int row = from; row < to; row++) {
      rows.add(trial(row));
    }
    return rows;
  }

  /** Who the rows {@code [from, to)} are. */
  RowIds ids(int from, int to) {
    long[] trialIds = new long[to - from];
    long[] sampleIds = new long[to - from];
    Arrays.setAll(trialIds, i -> trial(from + i).id());
    Arrays.setAll(sampleIds, i -> sample(from + i).sampleId());
    return new RowIds(trialIds, sampleIds);
  }

  private Samples samples(int from, int to) {
    long[] seeds = new long[to - from];
    Arrays.setAll(seeds, i -> trial(from + i).seed());
    return Samples.of(seeds, ids(from, to).samples());
  }

  /** What the network of a row is called; rows of one tile are of one network. */
  String network(int row) {
    return RunTrials.name(trial(row));
  }

  /** The steps of a row, where its trial sets them. */
  long steps(int row, long otherwise) {
    if (!run.setStepsByTrial()) {
      return otherwise;
    }
    Double own = trial(row).numbers().get(Trials.STEPS);
    return own == null ? otherwise : Math.min(otherwise, own.longValue());
  }

  /** These rows, each times the steps of {@code [from, to)} that it has. */
  double sampleSteps(long from, long to) {
    if (!run.setStepsByTrial()) {
      return (double) size() * Math.max(0, to - from);
    }
    double sum = 0;
    for (int row = 0; row < size(); row++) {
      sum += Math.max(0, steps(row, to) - from);
    }
    return sum;
  }

  private ParameterBinding binding() {
    return run.variant(network(0)).binding();
  }

  /** What differs between the rows, which are of one network. */
  TileParameters parameters() {
    return binding().parameters(trials(0, size()), samples(0, size()));
  }

  /** The fresh state of the rows, with the memories that their trials set. */
  TileState initial(TileState fresh) {
    return binding().initial(fresh, trials(0, size()));
  }

  /** The input of the rows as a tile, for one thread. */
  TileInput input() {
    if (computed != null) {
      return computed.tile(places);
    }
    SampleInput[] tile = new SampleInput[size()];
    Arrays.setAll(tile, this::sample);
    boolean held = Arrays.stream(tile).allMatch(SampleInput::held);
    return new TileInput() {
      @Override
      public void fill(long firstStep, int steps, float[] target) {
        Arrays.fill(target, 0);
        for (int n = 0; n < tile.length; n++) {
          tile[n].fill(firstStep, steps, target, n, tile.length);
        }
      }

      @Override
      public boolean held() {
        return held;
      }
    };
  }

  private ComputedInput computed(Computed by) {
    return by.stimulus()
        .input(size(), this::trial, row -> sample(row).sampleId(), by.width(), by.dt());
  }
}
