package org.velella.spark.job;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.provenance.NumericEnvironment;
import org.velella.provenance.RunProvenance;
import org.velella.provenance.Software;
import org.velella.spark.frame.InputSource;
import org.velella.spark.task.StoredWeights;

/**
 * Begins a run with the memories of another one, which is only read, and goes on with it. What was
 * interrupted on the way is finished by the same command.
 */
final class Branching {
  private final SparkSession session;
  private final RunDirectory from;
  private final RunDirectory to;
  private final ResumeConfig config;
  private final RunListener listener;
  private final Continuation source;

  Branching(SparkSession session, RunDirectory from, ResumeConfig config, RunListener listener) {
    this.session = session;
    this.from = from;
    this.config = config;
    this.listener = listener;
    to = RunDirectory.of(config.output(), session.sparkContext().hadoopConfiguration());
    source = new Continuation(session, from, listener);
    if (to.isWithin(from) && from.isWithin(to)) {
      throw new UsageException(
          "--output %s is the run itself; give the branch a directory of its own"
              .formatted(config.output()));
    }
    if (to.isWithin(from) || from.isWithin(to)) {
      throw new UsageException(
          "--output %s and the run in %s lie in each other; give the branch a directory beside the run's"
              .formatted(config.output(), from.location()));
    }
  }

  /**
   * Checks that a branch gets no new trials: all of its trials begin with memories, and new ones
   * would have none.
   *
   * @param more trials that the run does not have yet
   */
  static void requireNone(RunDirectory run, long more) {
    if (more > 0 && run.hasRun() && run.spec().branch().isPresent()) {
      throw new UsageException(
          "The sweep in %s is a branch, whose trials go on with the memories of another run; %d of those asked for are not in it; give them an --output of their own"
              .formatted(run.location(), more));
    }
  }

  RunOutcome run() throws IOException {
    boolean begins = !to.hasRun();
    if (begins) {
      to.requireFree();
      // Before anything is written, so that what cannot go on leaves no branch behind.
      requireComputable(prepare());
      begin();
    }
    Continuation branch = new Continuation(session, to, listener);
    if (begins) {
      branch.roomIsChecked();
    }
    RunSpec.Branch point = requireSame(branch.spec());
    long steps = RunConfigCheck.requireSteps(point.target() + config.moreSteps());
    if (!branch.hasCheckpoint()) {
      LostManifests.requireNone(to);
      new BranchStates(session, source, branch, listener)
          .commit(point, steps, config.manner(), range -> true);
    }
    return ResumeJob.goOn(session, branch, config, steps, listener);
  }

  /** Steps that the branch would go to; checks what can be checked without writing. */
  long plannedSteps() throws IOException {
    if (to.hasRun()) {
      return RunConfigCheck.requireSteps(requireSame(to.spec()).target() + config.moreSteps());
    }
    to.requireFree();
    return prepare().steps();
  }

  private void requireComputable(Beginning branch) throws IOException {
    InputSource input =
        ResumeJob.input(session, source, config, branch.steps(), RunListener.SILENT);
    input.requireLongEnough(branch.point().target(), branch.steps());
    source.requireRoom(
        input,
        branch.steps(),
        config.checkpointEvery(source.spec().checkpointEvery()),
        config.manner(),
        to);
  }

  /** What is written when a branch begins. */
  private record Beginning(Network network, RunSpec.Branch point, long steps) {}

  /** Writes what the branch is, with which it exists, though without memories. */
  private void begin() throws IOException {
    Beginning branch = prepare();
    byte[] network = NetworkCodec.toBytes(branch.network());
    if (source.spec().sweep().isPresent()) {
      // Interrupted here before, perhaps with other changes, weights are those of that command.
      new StoredWeights(to.store()).clear();
      new StoredWeights(from.store())
          .copyTo(to.store(), other -> ParameterChanges.apply(other, config.changes()));
      TrialsFile trials = new TrialsFile(to.store());
      if (trials.trials().count() == 0) {
        trials.write(source.trials(), trials.read());
      }
    }
    UserMetrics metrics = UserMetrics.of(from);
    if (!metrics.isEmpty()) {
      metrics.keep(to);
    }
    to.create(provenance(branch, network), network);
  }

  private Beginning prepare() throws IOException {
    ManifestHead head =
        new ManifestLog(from.store()).latest().orElseThrow(() -> nothingSaved(from.location()));
    head.warnings().forEach(listener::message);
    Manifest manifest = head.manifest();
    long step = commonStep(manifest);
    long steps = RunConfigCheck.requireSteps(manifest.targetSteps() + config.moreSteps());
    if (step >= steps && !config.changes().isEmpty()) {
      throw new UsageException(
          "The run in %s has done all of its %d steps, so that --set would change nothing; give --steps +K for K steps more"
              .formatted(from.location(), step));
    }
    Network network = ParameterChanges.apply(source.network(), config.changes());
    RunSpec.Branch point =
        new RunSpec.Branch(
            from.location(),
            source.spec().runId(),
            manifest.version(),
            step,
            manifest.targetSteps(),
            changes());
    return new Beginning(network, point, steps);
  }

  private String changes() {
    return config.changes().entrySet().stream()
        .map(change -> change.getKey() + "=" + change.getValue())
        .collect(Collectors.joining(","));
  }

  private static UsageException nothingSaved(String run) {
    return new UsageException(
        "Nothing of the run in %s has been saved, so nothing can branch off; resume it first"
            .formatted(run));
  }

  private long commonStep(Manifest manifest) {
    List<RangeEntry> ranges = manifest.allRanges();
    RangeEntry first = ranges.get(0);
    for (RangeEntry range : ranges) {
      if (range.step() != first.step()) {
        throw new UsageException(
            "In the run in %s, range %s stands at step %d and range %s at step %d; a branch leaves it where all stand at one step: finish it by velella resume first"
                .formatted(
                    from.location(), first.range(), first.step(), range.range(), range.step()));
      }
    }
    if (first.step() == 0) {
      throw nothingSaved(from.location());
    }
    return first.step();
  }

  private RunProvenance provenance(Beginning branch, byte[] network) {
    RunProvenance before = source.spec().provenance();
    SortedMap<String, String> digests = new TreeMap<>(before.digests());
    digests.putAll(Digests.of(branch.network()));
    String runId = UUID.randomUUID().toString();
    return new RunProvenance(
        Instant.now(),
        Software.current(),
        NumericEnvironment.current(),
        BackendCheck.choose(session.sparkContext(), config.manner().backend(), RunListener.SILENT),
        before.convention(),
        before.dt(),
        before.seed(),
        digests,
        source.spec().branchConfiguration(branch.point(), runId, branch.steps(), network));
  }

  /** Where the branch in the output directory has left the run; it must be the one asked for. */
  private RunSpec.Branch requireSame(RunSpec there) {
    RunSpec.Branch point = there.branch().orElse(null);
    if (point == null || !point.runId().equals(source.spec().runId())) {
      throw new UsageException(
          "The output directory %s holds another run, which is no branch of %s; give another --output"
              .formatted(to.location(), from.location()));
    }
    if (!point.changes().equals(changes())) {
      throw new UsageException(
          "The output directory %s holds a branch of %s with --set '%s', asked for '%s'; give another --output"
              .formatted(to.location(), from.location(), point.changes(), changes()));
    }
    return point;
  }
}
