package org.velella.spark.job;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Selection;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.provenance.RunProvenance;
import org.velella.simulate.Probes;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.SweepSource;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.task.TaskSpec;
import org.velella.sweep.TrialList;

/** An existing run that is to be brought to a step; also one that has just begun. */
final class Continuation {
  private final SparkSession session;
  private final JavaSparkContext spark;
  private final RunDirectory directory;
  private final RunSpec spec;
  private final byte[] networkBytes;
  private final Network network;
  private final RunListener listener;
  private boolean samplesAreChecked;
  private boolean roomIsChecked;

  private TrialsFile.Read known = new TrialsFile.Read(TrialList.NONE, 0);

  /** Null until they are asked for; there may be a million, so they are read once. */
  private TrialList trials;

  Continuation(SparkSession session, RunDirectory directory, RunListener listener) {
    this.session = session;
    spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.directory = directory;
    this.listener = listener;
    spec = directory.spec();
    networkBytes = directory.networkBytes(spec.networkDigest());
    network = NetworkCodec.fromBytes(networkBytes);
  }

  /** The run's directory as users name it. */
  String location() {
    return directory.location();
  }

  RunDirectory directory() {
    return directory;
  }

  RunSpec spec() {
    return spec;
  }

  Network network() {
    return network;
  }

  /** Says that no sample that is to be simulated is bad, as far as can be known beforehand. */
  void samplesAreChecked() {
    samplesAreChecked = true;
  }

  /** Says that there is room for what is to be computed. */
  void roomIsChecked() {
    roomIsChecked = true;
  }

  /** Says what trials the sweep has, so that they need not be read unless somebody adds some. */
  void trialsAre(TrialsFile.Read written) {
    known = written;
  }

  /** Steps that the run already goes to; 0 before the first commit. */
  long presentTarget() throws IOException {
    return new ManifestLog(directory.store())
        .latest()
        .map(head -> head.manifest().targetSteps())
        .orElse(0L);
  }

  /** Ranges of which something is saved, ascending. */
  List<RangeEntry> saved() throws IOException {
    return RecordingRoom.saved(directory);
  }

  /** Whether something was ever committed. */
  boolean hasCheckpoint() throws IOException {
    return new ManifestLog(directory.store()).latest().isPresent();
  }

  /** What tasks must know of the run; how it is to be computed is still to be said. */
  TaskSpec.Builder tasks() throws IOException {
    RunProvenance provenance = spec.provenance();
    RunSpec.SweepShape shape = spec.sweep().orElse(null);
    return TaskSpec.builder()
        .sweep(shape == null ? null : shape.forTasks(requireTrials()))
        .stimulus(spec.stimulus())
        .run(directory.uri().toString(), new HadoopConf(spark.sc().hadoopConfiguration()))
        .network(networkBytes)
        .identity(spec.runId(), provenance.digests())
        .dt(provenance.dt())
        .seed(provenance.seed())
        .record(spec.record())
        .metrics(spec.metrics().toString())
        .stopWhen(spec.stopWhen(), spec.stopEvery());
  }

  /**
   * Runs what is missing up to a step.
   *
   * @param checkpointEvery steps between two checkpoints; 0: one at the end; {@link Manner#AUTO}
   * @param interruption holds the end of this process up meanwhile
   */
  RunOutcome to(
      long steps, InputSource input, Manner asked, long checkpointEvery, Interruption interruption)
      throws IOException {
    Manner manner = spec.orAsBegun(asked);
    long present = presentTarget();
    if (steps < present) {
      throw new UsageException(
          "The run in %s already goes to %d steps, asked for %d; give --steps %d or more"
              .formatted(directory.location(), present, steps, present));
    }
    if (present > 0 && steps > present) {
      input.requireLongEnough(present, steps);
    }
    if (spec.branch().isPresent() && !hasCheckpoint()) {
      throw new UsageException(
          "Beginning the branch in %s was interrupted; give the command again that began it"
              .formatted(directory.location()));
    }
    RunSpec.SweepShape shape = spec.sweep().orElse(null);
    if (shape != null && !manner.sampleIds().isAll()) {
      throw new UsageException(
          "--samples %s selects samples, and the ranges of a sweep hold trials; leave it out"
              .formatted(manner.samples()));
    }
    TrialList trials = shape == null ? TrialList.NONE : requireTrials();
    InputSource all = shape == null ? input : sweepInput(input, shape, trials);
    RangeIndex index = index();
    if (!roomIsChecked) {
      requireRoom(input, steps, checkpointEvery, manner, directory);
    }
    TaskSpec tasks =
        tasks()
            .steps(steps, checkpointEvery)
            .mtbfSeconds(manner.mtbfSeconds())
            .failFast(manner.failFast())
            .backend(manner.backend())
            .tileSize(manner.tileSize())
            .selfCheck(manner.selfCheck())
            .gpuPermits(manner.gpuPermits())
            .littleRoom(manner.littleRoom())
            .build();
    int partitions =
        RangeSizing.partitions(manner.partitions(), index.ranges(), Cluster.of(spark.sc()).cores());
    if (manner.failFast() && !samplesAreChecked) {
      requireNoBadSamples(all, index, manner, steps, partitions);
    }
    RunLayout layout =
        shape == null
            ? RunLayout.ofSamples(index)
            : RunLayout.ofTrials(index, shape.layout(trials), trials, steps);
    return new RunExecution(
            session, directory, layout, tasks.identity(network), tasks, manner, listener)
        .run(all, partitions, interruption);
  }

  /**
   * Checks that tasks have room for what is to be computed, and disks for what it records.
   *
   * @param to the run's own directory, or that of a branch which is to go on from where the run is
   * @throws UsageException if not
   */
  void requireRoom(
      InputSource input, long steps, long checkpointEvery, Manner manner, RunDirectory to)
      throws IOException {
    WholeWindows.require(network, steps, checkpointEvery);
    Probes probes = Probes.parse(spec.record(), network);
    MemoryNeed need =
        MemoryNeed.of(network, probes, spec.metrics(), input.facts().bytesPerSample());
    work(input, manner, steps).requireRoom(need, checkpointEvery, directory, to, listener);
  }

  /** What there would be to simulate. */
  PlannedWork work(InputSource input, Manner manner, long steps) throws IOException {
    RunSpec.SweepShape shape = spec.sweep().orElse(null);
    return shape == null
        ? PlannedWork.of(spark, input, index(), manner, steps)
        : PlannedWork.of(spark, input, shape, requireTrials(), manner, steps);
  }

  /** The trials of a sweep as it is now; none if the run is no sweep. */
  TrialList trials() throws IOException {
    if (trials == null) {
      trials = new TrialsFile(directory.store()).read(known).trials();
    }
    return trials;
  }

  /** How the run's samples, and trials, are cut into ranges now. */
  RangeIndex index() throws IOException {
    RunSpec.SweepShape shape = spec.sweep().orElse(null);
    return shape == null ? spec.index() : shape.index(requireTrials());
  }

  private TrialList requireTrials() throws IOException {
    TrialList trials = trials();
    if (trials.count() == 0) {
      throw new UsageException(
          "Beginning the sweep in %s was interrupted; give the command again that began it"
              .formatted(directory.location()));
    }
    return trials;
  }

  private static InputSource sweepInput(
      InputSource input, RunSpec.SweepShape shape, TrialList trials) {
    return new SweepSource(input, shape.layout(trials), shape.samplesPerRange());
  }

  /** Of the ranges that have not begun; the others have told of theirs. */
  private void requireNoBadSamples(
      InputSource input, RangeIndex index, Manner manner, long steps, int partitions)
      throws IOException {
    Selection selection = manner.sampleIds().of(index);
    int[] ranges = SampleCheck.ranges(index, selection);
    Manifest manifest =
        new ManifestLog(directory.store()).latest().map(ManifestHead::manifest).orElse(null);
    if (manifest != null) {
      List<RangeEntry> all = manifest.allRanges();
      long failed = Commits.failures(IntStream.of(ranges).mapToObj(all::get).toList());
      if (failed > 0) {
        throw new UsageException(
            "%d samples of the run in %s have failed already (velella sql %2$s 'SELECT * FROM failures'), so --fail-fast does nothing more; leave it out to finish the others"
                .formatted(failed, directory.location()));
      }
      ranges = IntStream.of(ranges).filter(range -> all.get(range).step() == 0).toArray();
    }
    SampleCheck.require(spark.sc(), input, index, ranges, network.inputSize(), steps, partitions);
  }
}
