package org.velella.spark.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.velella.provenance.RunProvenance;
import org.velella.provenance.Secrets;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.InputSources;
import org.velella.spark.frame.InputSpec;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.task.TaskSweep;
import org.velella.sweep.SweepLayout;
import org.velella.sweep.TrialList;
import org.velella.tensor.Shape;

/**
 * What a run is: everything that its results depend on, and how its samples are cut into ranges. It
 * is fixed when the run begins and stands in {@code _run/run.json}, whose configuration this class
 * reads and writes.
 */
final class RunSpec {
  private static final String RUN_ID = "run.id";
  private static final String NETWORK = "run.network-sha256";
  private static final String SAMPLES = "run.samples";
  static final String RANGE_SIZE = "run.range-size";
  private static final String SWEEP_SAMPLES = "sweep.samples";
  private static final String SWEEP_TRIALS_PER_RANGE = "sweep.trials-per-range";
  private static final String SWEEP_SAMPLES_PER_RANGE = "sweep.samples-per-range";
  private static final String FIRST_ID = "run.first-id";
  private static final String FIRST_IDS = "run.first-ids";
  private static final String INPUT_OPTION = "input-option.";
  private static final String BRANCH = "branch.";
  private static final String CHECKPOINT_EVERY = "checkpoint-every";
  private static final String KEEP = "keep";
  private static final String MTBF = "mtbf-seconds";
  private static final String METRICS = "metrics";
  private static final String STOP_WHEN = "stop-when";
  private static final String STOP_EVERY = "stop-every";
  private static final String AUTO = "auto";

  private final RunProvenance provenance;

  RunSpec(RunProvenance provenance) {
    this.provenance = provenance;
  }

  /** The configuration of a run that is about to begin. */
  static SortedMap<String, String> configuration(
      RunConfig config, String runId, RangeIndex index, byte[] network) {
    SortedMap<String, String> map = new TreeMap<>();
    map.put("network", config.network());
    map.put("convention", config.convention());
    map.put("input", config.input());
    map.put("input-format", config.inputFormat());
    map.put("input-layout", config.inputLayout());
    config.inputOptions().forEach((name, value) -> map.put(INPUT_OPTION + name, value));
    map.put("samples", Long.toString(config.samples()));
    map.put("steps", Long.toString(config.steps()));
    map.put("record", config.record());
    map.put(METRICS, config.metrics());
    map.put(STOP_WHEN, config.stopWhen());
    map.put(STOP_EVERY, Integer.toString(config.stopEvery()));
    map.put(CHECKPOINT_EVERY, every(config.checkpointEvery()));
    map.put("backend", config.manner().backend());
    Manner manner = config.manner().orUsual();
    map.put(KEEP, Integer.toString(manner.keep()));
    map.put(MTBF, Double.toString(manner.mtbfSeconds()));
    map.put(RUN_ID, runId);
    map.put(NETWORK, RunDirectory.digest(network));
    map.put(SAMPLES, Long.toString(index.samples()));
    map.put(RANGE_SIZE, Integer.toString(index.rangeSize()));
    if (index.isConsecutive()) {
      map.put(FIRST_ID, Long.toString(index.firstId(0)));
    } else {
      String ids =
          java.util.stream.IntStream.range(0, index.ranges())
              .mapToObj(range -> Long.toString(index.firstId(range)))
              .collect(Collectors.joining(","));
      map.put(FIRST_IDS, ids);
    }
    return map;
  }

  /**
   * How a sweep's ranges are made up; fixed when it begins.
   *
   * @param samples of the input
   * @param trialsPerRange trials of one range
   * @param samplesPerRange samples of one range
   */
  record SweepShape(long samples, int trialsPerRange, int samplesPerRange) {
    void writeTo(SortedMap<String, String> map) {
      map.put(SWEEP_SAMPLES, Long.toString(samples));
      map.put(SWEEP_TRIALS_PER_RANGE, Integer.toString(trialsPerRange));
      map.put(SWEEP_SAMPLES_PER_RANGE, Integer.toString(samplesPerRange));
    }

    /** The ranges as a run's samples are cut into them; the last trials may leave room. */
    RangeIndex index(TrialList trials) {
      SweepLayout layout = layout(trials);
      long rows = (long) layout.ranges() * layout.rangeSize();
      return RangeIndex.consecutive(0, rows, layout.rangeSize());
    }

    TaskSweep forTasks(TrialList trials) {
      return new TaskSweep(trials, samples, trialsPerRange, samplesPerRange);
    }

    /** Which trials and samples the ranges hold. */
    SweepLayout layout(TrialList trials) {
      return new SweepLayout(trials.counts(), samples, trialsPerRange, samplesPerRange);
    }
  }

  /** How the ranges are made up if this is a sweep. */
  Optional<SweepShape> sweep() {
    return provenance.configuration().containsKey(SWEEP_SAMPLES)
        ? Optional.of(
            new SweepShape(
                number(SWEEP_SAMPLES),
                Math.toIntExact(number(SWEEP_TRIALS_PER_RANGE)),
                Math.toIntExact(number(SWEEP_SAMPLES_PER_RANGE))))
        : Optional.empty();
  }

  /** What is computed instead of read as input; empty if it is read. */
  String stimulus() {
    return value("input-format").equals(InputSources.STIMULUS) ? value("input") : "";
  }

  /**
   * Where a run has left another one.
   *
   * @param run the other run's directory, as it was named then
   * @param runId the other run's id
   * @param manifest the version of the other run's checkpoint
   * @param step steps done there
   * @param target steps that the other run went to
   * @param changes parameters that are otherwise here, {@code hidden.tau=0.004,readout.r=2.0}
   */
  record Branch(String run, String runId, long manifest, long step, long target, String changes) {}

  /** The configuration of a branch of this run that is about to begin. */
  SortedMap<String, String> branchConfiguration(
      Branch branch, String runId, long steps, byte[] network) {
    SortedMap<String, String> map = new TreeMap<>(provenance.configuration());
    map.keySet().removeIf(key -> key.startsWith(BRANCH));
    map.put(RUN_ID, runId);
    map.put(NETWORK, RunDirectory.digest(network));
    map.put("steps", Long.toString(steps));
    map.put(BRANCH + "run", branch.run());
    map.put(BRANCH + "run-id", branch.runId());
    map.put(BRANCH + "manifest", Long.toString(branch.manifest()));
    map.put(BRANCH + "step", Long.toString(branch.step()));
    map.put(BRANCH + "target", Long.toString(branch.target()));
    map.put(BRANCH + "set", branch.changes());
    return map;
  }

  /**
   * The configuration of a run that simulates this one once more.
   *
   * @param record what it records over time; empty: nothing
   */
  SortedMap<String, String> reproduction(String backend, String record) {
    SortedMap<String, String> map = new TreeMap<>(provenance.configuration());
    map.put(RUN_ID, UUID.randomUUID().toString());
    map.put("backend", backend);
    map.put("record", record);
    return map;
  }

  /** Where this run has left another one; empty if it began by itself. */
  Optional<Branch> branch() {
    if (!provenance.configuration().containsKey(BRANCH + "run-id")) {
      return Optional.empty();
    }
    return Optional.of(
        new Branch(
            value(BRANCH + "run"),
            value(BRANCH + "run-id"),
            number(BRANCH + "manifest"),
            number(BRANCH + "step"),
            number(BRANCH + "target"),
            value(BRANCH + "set")));
  }

  RunProvenance provenance() {
    return provenance;
  }

  String value(String key) {
    String value = provenance.configuration().get(key);
    if (value == null) {
      throw new UsageException("The run's _run/run.json has no '" + key + "'; it is not a run");
    }
    return value;
  }

  private long number(String key) {
    return Long.parseLong(value(key));
  }

  String runId() {
    return value(RUN_ID);
  }

  /** What {@link RunDirectory#digest} gives for the run's network. */
  String networkDigest() {
    String digest = value(NETWORK);
    if (!digest.matches("[0-9a-f]{64}")) {
      throw new UsageException(
          "The run's _run/run.json has '%s' as %s, which is no SHA-256".formatted(digest, NETWORK));
    }
    return digest;
  }

  String record() {
    return value("record");
  }

  /** What is kept of the outputs' spikes. */
  OutputMetrics metrics() {
    return OutputMetrics.parse(provenance.configuration().getOrDefault(METRICS, ""));
  }

  /** When samples are stopped early; empty: never. */
  String stopWhen() {
    return provenance.configuration().getOrDefault(STOP_WHEN, "");
  }

  /** Steps from one look at that to the next. */
  int stopEvery() {
    return stopWhen().isEmpty() ? StopRule.USUAL_EVERY : Math.toIntExact(number(STOP_EVERY));
  }

  long checkpointEvery() {
    return value(CHECKPOINT_EVERY).equals(AUTO) ? Manner.AUTO : number(CHECKPOINT_EVERY);
  }

  /** How a run goes on that began like this one, where nothing else is said. */
  Manner orAsBegun(Manner manner) {
    Manner usual = manner.orUsual();
    Map<String, String> begun = provenance.configuration();
    return manner.orAsBegun(
        begun.containsKey(KEEP) ? Math.toIntExact(number(KEEP)) : usual.keep(),
        begun.containsKey(MTBF) ? Double.parseDouble(value(MTBF)) : usual.mtbfSeconds());
  }

  private static String every(long steps) {
    return steps == Manner.AUTO ? AUTO : Long.toString(steps);
  }

  /** Steps that the run was begun with. */
  long steps() {
    return number("steps");
  }

  RangeIndex index() {
    long samples = number(SAMPLES);
    int rangeSize = Math.toIntExact(number(RANGE_SIZE));
    String firstIds = provenance.configuration().get(FIRST_IDS);
    if (firstIds == null) {
      return RangeIndex.consecutive(number(FIRST_ID), samples, rangeSize);
    }
    long[] ids = Arrays.stream(firstIds.split(",")).mapToLong(Long::parseLong).toArray();
    return RangeIndex.sparse(ids, samples, rangeSize);
  }

  /** The input as the run began with it. */
  InputSpec inputSpec(Shape shape, long steps) {
    Map<String, String> options = new TreeMap<>();
    provenance
        .configuration()
        .forEach(
            (key, value) -> {
              if (key.startsWith(INPUT_OPTION)) {
                String option = key.substring(INPUT_OPTION.length());
                requireKept("--input-option " + option, value);
                options.put(option, value);
              }
            });
    requireKept("--input", value("input"));
    return new InputSpec(
        value("input"),
        value("input-format"),
        layout(value("input-layout")),
        options,
        number("samples"),
        shape,
        steps);
  }

  /** Checks that something is known that may hold a secret; those are not written down. */
  private static void requireKept(String option, String value) {
    if (Secrets.isRedacted(value)) {
      throw new UsageException(
          "%s holds a secret, which the run does not keep; give the command again that began the run, with a higher --steps to go further"
              .formatted(option));
    }
  }

  /** The input that a user names. */
  static InputSpec inputSpec(RunConfig config, Shape shape) {
    return new InputSpec(
        config.input(),
        config.inputFormat(),
        layout(config.inputLayout()),
        config.inputOptions(),
        config.samples(),
        shape,
        config.steps());
  }

  private static InputSpec.Layout layout(String text) {
    return InputSpec.Layout.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
