package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Recording;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.provenance.NumericEnvironment;
import org.velella.provenance.RunProvenance;
import org.velella.provenance.Software;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RunTable;
import org.velella.spark.task.CopyStates;
import org.velella.spark.task.StoredWeights;
import org.velella.spark.task.TaskSpec;
import scala.Tuple2;

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
      commit(branch, point, steps);
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
    digests.put(Digests.PARAMETERS, NetworkDigest.of(branch.network()).parameters());
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

  /** Copies the memories and commits them as the branch's first checkpoint. */
  private void commit(Continuation branch, RunSpec.Branch point, long steps) throws IOException {
    Manifest manifest = manifest(branch, point);
    List<RangeEntry> ranges =
        manifest.allRanges().stream().map(range -> at(range, point.step()).orElseThrow()).toList();
    TaskSpec target = branch.tasks().steps(steps, 0).backend(config.manner().backend()).build();
    RangeEntry[] copied = new RangeEntry[ranges.size()];
    for (String[] result : copy(ranges, target)) {
      RangeEntry range = ranges.get(CopyStates.range(result));
      copied[CopyStates.range(result)] =
          RangeEntry.fresh(range.range()).append(CopyStates.reference(result), range.recordings());
    }
    SortedMap<String, String> writer = new TreeMap<>();
    writer.put("application", session.sparkContext().applicationId());
    writer.put(Manifest.ATTEMPT, UUID.randomUUID().toString());
    new ManifestLog(to.store())
        .commit(
            new Manifest(
                1,
                Manifest.Parent.NONE,
                target.identity(branch.network()),
                manifest.samples(),
                steps,
                manifest.rangeSize(),
                writer,
                List.of(copied)));
    listener.message(
        "%s has left %s at step %d".formatted(to.location(), from.location(), point.step()));
  }

  /**
   * A manifest that has all ranges at the step where the branch leaves, whatever the run has done
   * since: the newest one, because a state that was damaged may have been saved again, with the
   * same bits.
   */
  private Manifest manifest(Continuation branch, RunSpec.Branch point) throws IOException {
    ManifestLog log = new ManifestLog(from.store());
    long samples = branch.index().samples();
    long newest = log.latest().map(head -> head.manifest().version()).orElse(0L);
    for (long version = newest; version > 0; version--) {
      try {
        Manifest manifest = log.manifest(version);
        if (manifest.samples() == samples
            && manifest.allRanges().stream().allMatch(r -> at(r, point.step()).isPresent())) {
          return manifest;
        }
      } catch (FileNotFoundException e) {
        // Collected, as are those before it.
        break;
      } catch (CheckpointCorruptException e) {
        listener.message(e.getMessage());
      }
    }
    throw new CheckpointCorruptException(
        "%s has no manifest any more with all samples at step %d, from which %s branches off; give another --output"
            .formatted(from.location(), point.step(), to.location()));
  }

  /**
   * What a branch takes along of a range at a step: its state, and which samples had failed before
   * that.
   */
  private static Optional<RangeEntry> at(RangeEntry range, long step) {
    List<Recording> failures =
        range.recordings().stream()
            .filter(recording -> recording.kind().equals(RunTable.FAILURES.text()))
            .filter(recording -> recording.toStep() <= step)
            .toList();
    return range.files().stream()
        .filter(file -> file.step() == step)
        .findFirst()
        .map(file -> new RangeEntry(range.range(), List.of(file), failures));
  }

  private List<String[]> copy(List<RangeEntry> ranges, TaskSpec target) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    int partitions =
        RangeSizing.partitions(
            config.manner().partitions(),
            ranges.size(),
            Cluster.of(session.sparkContext()).cores());
    try {
      TaskSpec origin = source.tasks().steps(1, 0).backend(config.manner().backend()).build();
      Broadcast<TaskSpec> out = spark.broadcast(origin);
      Broadcast<TaskSpec> into = spark.broadcast(target);
      List<Tuple2<Integer, byte[]>> numbered = new ArrayList<>();
      for (RangeEntry range : ranges) {
        numbered.add(new Tuple2<>(numbered.size(), range.bytes()));
      }
      try {
        JavaFutureAction<List<String[]>> job =
            spark
                .parallelize(numbered, partitions)
                .mapPartitions(new CopyStates(out, into))
                .collectAsync();
        try {
          return job.get();
        } finally {
          job.cancel(true);
        }
      } finally {
        out.destroy();
        into.destroy();
      }
    } catch (ExecutionException e) {
      throw JobFailure.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFailedException("Interrupted; the same command goes on from there", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the run in " + from.location(), e);
    }
  }
}
