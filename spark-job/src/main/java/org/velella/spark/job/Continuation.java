package org.velella.spark.job;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.ManifestLog;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.provenance.RunProvenance;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.SweepSource;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.task.TaskSpec;
import org.velella.sweep.TrialList;

/** An existing run that is to be brought to a step; also one that has just begun. */
final class Continuation {
  private final JavaSparkContext spark;
  private final RunDirectory directory;
  private final RunSpec spec;
  private final byte[] networkBytes;
  private final Network network;
  private final RunListener listener;

  Continuation(SparkSession session, RunDirectory directory, RunListener listener) {
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

  RunSpec spec() {
    return spec;
  }

  Network network() {
    return network;
  }

  /** Steps that the run already goes to; 0 before the first commit. */
  long presentTarget() throws IOException {
    return new ManifestLog(directory.store())
        .latest()
        .map(head -> head.manifest().targetSteps())
        .orElse(0L);
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
        .record(spec.record());
  }

  /** How a run is computed; none of it changes results. */
  record Manner(String backend, int tileSize, int partitions, long checkpointEvery) {}

  /** Runs what is missing up to a step. */
  RunOutcome to(long steps, InputSource input, Manner manner) throws IOException {
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
    TrialList trials = shape == null ? TrialList.NONE : requireTrials();
    InputSource all = shape == null ? input : sweepInput(input, shape, trials);
    RangeIndex index = index();
    TaskSpec tasks =
        tasks()
            .steps(steps, manner.checkpointEvery())
            .backend(manner.backend())
            .tileSize(manner.tileSize())
            .build();
    int partitions =
        RangeSizing.partitions(manner.partitions(), index.ranges(), Cluster.of(spark.sc()).cores());
    List<Integer> firstRanges = shape == null ? List.of(0) : shape.layout(trials).firstRanges();
    return new RunExecution(
            spark, directory, index, tasks.identity(network), tasks, firstRanges, listener)
        .run(all, partitions);
  }

  /** The trials of a sweep as it is now; none if the run is no sweep. */
  TrialList trials() throws IOException {
    return new TrialsFile(directory.store()).read();
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
}
