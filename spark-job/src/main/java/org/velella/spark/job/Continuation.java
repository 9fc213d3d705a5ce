package org.velella.spark.job;

import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.ManifestLog;
import org.velella.network.Network;
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
    networkBytes = directory.networkBytes();
    network = directory.network();
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
    RunProvenance provenance = spec.provenance();
    RangeIndex index = spec.index();
    TaskSpec tasks =
        TaskSpec.builder()
            .run(directory.uri().toString(), new HadoopConf(spark.sc().hadoopConfiguration()))
            .network(networkBytes)
            .identity(spec.runId(), provenance.digests())
            .dt(provenance.dt())
            .seed(provenance.seed())
            .record(spec.record())
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
