package org.velella.spark.job;

import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.ManifestLog;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.provenance.RunProvenance;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.task.TaskSpec;

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
  TaskSpec.Builder tasks() {
    RunProvenance provenance = spec.provenance();
    return TaskSpec.builder()
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
    RangeIndex index = spec.index();
    TaskSpec tasks =
        tasks()
            .steps(steps, manner.checkpointEvery())
            .backend(manner.backend())
            .tileSize(manner.tileSize())
            .build();
    int partitions =
        RangeSizing.partitions(manner.partitions(), index.ranges(), Cluster.of(spark.sc()).cores());
    return new RunExecution(spark, directory, index, tasks.identity(network), tasks, listener)
        .run(input, partitions);
  }
}
