package org.velella.spark.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.SampleRange;
import org.velella.provenance.RunProvenance;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.task.StoredWeights;
import org.velella.sweep.Parameter;
import org.velella.sweep.SweepLayout;
import org.velella.sweep.Trial;
import org.velella.sweep.TrialList;
import org.velella.sweep.TrialTable;
import org.velella.sweep.Trials;

/** What of a run is simulated once more, and which ranges then hold what it has saved. */
final class ReproducedPart {
  private final List<Pair> pairs;

  /** The trials of what is simulated; none if the run is no sweep. */
  private final TrialList list;

  /** Ids of the trials that are compared; empty: all. */
  private final Set<Long> trials;

  private final boolean all;

  /**
   * @param recorded a range of the run
   * @param again the range that holds the same samples, and trials, now
   */
  record Pair(RangeEntry recorded, SampleRange again) {}

  private ReproducedPart(List<Pair> pairs, TrialList list, Set<Long> trials, boolean all) {
    this.pairs = pairs;
    this.list = list;
    this.trials = trials;
    this.all = all;
  }

  /**
   * What a user asks for.
   *
   * @throws UsageException if the run has no such thing, or has not finished it
   */
  static ReproducedPart of(Continuation run, Manifest manifest, ReproduceConfig config)
      throws IOException {
    boolean sweep = run.spec().sweep().isPresent();
    String samples = config.manner().samples();
    if (sweep && !samples.isEmpty()) {
      throw new UsageException(
          "--samples %s selects samples, and the ranges of a sweep hold trials; give --trial ID"
              .formatted(samples));
    }
    TrialList list = run.trials();
    if (sweep && config.trial().isEmpty()) {
      throw new UsageException(
          "%s is a sweep of %d trials; give --trial ID, as in the results' trial_id, or --all"
              .formatted(run.location(), list.count()));
    }
    boolean one = !config.trial().isEmpty() && !config.trial().equals(ReproduceConfig.ALL);
    if (one && !sweep) {
      throw new UsageException(
          "%s is no sweep, so it has no trial %s".formatted(run.location(), config.trial()));
    }
    return one ? ofTrial(run, manifest, config.trial()) : ofRanges(run, manifest, config, list);
  }

  private static ReproducedPart ofRanges(
      Continuation run, Manifest manifest, ReproduceConfig config, TrialList list)
      throws IOException {
    RangeIndex index = run.index();
    List<Pair> pairs = new ArrayList<>();
    for (int range : SampleCheck.ranges(index, config.manner().sampleIds().of(index))) {
      RangeEntry entry = finished(run, manifest, range);
      pairs.add(new Pair(entry, entry.range()));
    }
    return new ReproducedPart(pairs, list, Set.of(), pairs.size() == index.ranges());
  }

  private static ReproducedPart ofTrial(Continuation run, Manifest manifest, String text)
      throws IOException {
    TrialList list = run.trials();
    long place = place(run, list, text);
    SweepLayout layout = run.spec().sweep().orElseThrow().layout(list);
    Trial trial = list.trial(place);
    TrialList only = only(list.parameters(), trial);
    RunSpec.SweepShape shape = alone(run.spec().sweep().orElseThrow());
    RangeIndex index = shape.index(only);
    List<Pair> pairs = new ArrayList<>();
    for (int range = 0; range < layout.ranges(); range++) {
      if (layout.firstTrial(range) <= place && place < layout.endTrial(range)) {
        int block = layout.sampleBlock(range);
        pairs.add(
            new Pair(
                finished(run, manifest, range),
                new SampleRange(index.firstRank(block), index.endRank(block))));
      }
    }
    return new ReproducedPart(pairs, only, Set.of(trial.id()), false);
  }

  /** The ranges of a sweep with one trial. */
  private static RunSpec.SweepShape alone(RunSpec.SweepShape shape) {
    return new RunSpec.SweepShape(shape.samples(), 1, shape.samplesPerRange());
  }

  private static long place(Continuation run, TrialList list, String text) {
    for (long place = 0; place < list.count(); place++) {
      if (Long.toString(list.trial(place).id()).equals(text)) {
        return place;
      }
    }
    throw new UsageException(
        "%s has no trial %s; 'SELECT DISTINCT trial_id FROM results' lists its %d"
            .formatted(run.location(), text, list.count()));
  }

  /** A list of one trial, which has the same id there. */
  private static TrialList only(List<Parameter> parameters, Trial trial) {
    List<Parameter> set = new ArrayList<>();
    List<double[]> columns = new ArrayList<>();
    for (Parameter parameter : parameters) {
      String text = trial.texts().get(parameter.path());
      double value = trial.numbers().getOrDefault(parameter.path(), Double.NaN);
      // What the trial leaves unset stays what it is, a number or a text.
      set.add(text == null ? parameter : new Parameter(parameter.path(), List.of(text)));
      columns.add(new double[] {text == null ? value : 0});
    }
    if (set.isEmpty()) {
      set.add(Parameter.number(Trials.SEED));
      columns.add(new double[] {Double.NaN});
    }
    return TrialList.NONE.extended(
        TrialTable.toJson(set, columns.toArray(double[][]::new)), trial.seed());
  }

  private static RangeEntry finished(Continuation run, Manifest manifest, int range) {
    RangeEntry entry = range < manifest.rangeCount() ? manifest.allRanges().get(range) : null;
    if (entry == null || entry.step() < manifest.targetSteps()) {
      throw new UsageException(
          "The run in %s is not finished: range %d is at step %d of %d; finish it with velella resume"
              .formatted(
                  run.location(), range, entry == null ? 0 : entry.step(), manifest.targetSteps()));
    }
    return entry;
  }

  /**
   * Writes down, in another directory, the run that is to be simulated.
   *
   * @param configuration its own; of a sweep with one trial, its shape is added
   */
  void begin(
      RunSpec spec, RunDirectory from, RunDirectory to, SortedMap<String, String> configuration)
      throws IOException {
    if (spec.sweep().isPresent() && !trials.isEmpty()) {
      alone(spec.sweep().get()).writeTo(configuration);
    }
    RunProvenance run = spec.provenance();
    to.create(
        new RunProvenance(
            run.started(),
            run.software(),
            run.numerics(),
            run.backend(),
            run.convention(),
            run.dt(),
            run.seed(),
            run.digests(),
            configuration),
        from.networkBytes(spec.networkDigest()));
    if (spec.sweep().isPresent()) {
      new StoredWeights(from.store()).copyTo(to.store(), network -> network);
      TrialsFile file = new TrialsFile(to.store());
      file.write(list, file.read());
    }
  }

  List<Pair> pairs() {
    return pairs;
  }

  Set<Long> trials() {
    return trials;
  }

  /** Whether it is the whole run. */
  boolean isAll() {
    return all;
  }

  /** The ranges of the run that hold what is compared. */
  Set<SampleRange> recordedRanges() {
    return pairs.stream().map(pair -> pair.recorded().range()).collect(Collectors.toSet());
  }

  /** The ranges that hold the same, simulated again. */
  Set<SampleRange> againRanges() {
    return pairs.stream().map(Pair::again).collect(Collectors.toSet());
  }
}
